package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import java.util.List;

/** Gradients of DepthToSpace and SpaceToDepth: the way back. */
final class BlockRearrangement {
  private BlockRearrangement() {}

  static List<GradientEntry> entries() {
    GradientCase depth = GradientCase.of("DepthToSpace", random(2, 8, 3, 4));
    return List.of(
        GradientEntry.of(
            "DepthToSpace",
            BlockRearrangement::depthToSpace,
            depth.with("blocksize", 2),
            depth.with("blocksize", 2, "mode", "DCR"),
            depth.with("blocksize", 2, "mode", "CRD")),
        GradientEntry.of(
            "SpaceToDepth",
            BlockRearrangement::spaceToDepth,
            GradientCase.of("SpaceToDepth", random(2, 3, 4, 6)).with("blocksize", 2)));
  }

  private static void depthToSpace(Backward backward) {
    Attributes block = Attributes.of("blocksize", backward.attributes().integer("blocksize", 1));
    Value gradient = backward.gradient();
    if (backward.attributes().text("mode", "DCR").equals("CRD")) {
      backward.give(0, columnMajor(backward, gradient));
    } else {
      backward.give(0, backward.apply("SpaceToDepth", block, gradient));
    }
  }

  /** {@code [N, C, H b, W b]} to {@code [N, C b b, H, W]}, where the channel varies slowest. */
  private static Value columnMajor(Backward backward, Value gradient) {
    long[] sizes = backward.sizes(backward.input(0));
    long block = backward.attributes().integer("blocksize", 1);
    long channels = sizes[1] / (block * block);
    Value apart = backward.reshape(gradient, sizes[0], channels, sizes[2], block, sizes[3], block);
    return backward.reshape(backward.transpose(apart, 0, 1, 3, 5, 2, 4), sizes);
  }

  private static void spaceToDepth(Backward backward) {
    Attributes block = Attributes.of("blocksize", backward.attributes().integer("blocksize", 1));
    backward.give(0, backward.apply("DepthToSpace", block, backward.gradient()));
  }
}
