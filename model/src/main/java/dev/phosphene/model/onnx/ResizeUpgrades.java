package dev.phosphene.model.onnx;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Upgrades of operators that read images between pixels. */
final class ResizeUpgrades {
  private ResizeUpgrades() {}

  /**
   * Upsample: a Resize with positions scaled from the corner and, in mode nearest, rounded down.
   */
  static List<Node> upsample(Node node, long operatorSet, UpgradeTarget target) {
    Optional<float[]> scales = node.attributes().reals("scales");
    String input =
        scales.isPresent()
            ? target.constant(
                node.output(0) + "_scales", Tensor.of(scales.get(), scales.get().length))
            : node.input(1);
    return List.of(resizeFromCorner(node, input));
  }

  /**
   * Resize of operator set 10: what Upsample was, with scales below 1 allowed. Its specification
   * does not say how mode nearest rounds; the exporters that wrote it meant down.
   */
  static List<Node> resize(Node node, long operatorSet, UpgradeTarget target) {
    return List.of(resizeFromCorner(node, node.input(1)));
  }

  private static Node resizeFromCorner(Node node, String scales) {
    String mode = node.attributes().text("mode", "nearest");
    Attributes attributes =
        Attributes.of(
            "mode",
            mode.equals("bilinear") ? "linear" : mode,
            "coordinate_transformation_mode",
            "asymmetric",
            "nearest_mode",
            "floor");
    return OperatorUpgrades.renamed(node, "Resize", List.of(node.input(0), "", scales), attributes);
  }

  /** GridSample: modes are called linear and cubic now. */
  static List<Node> gridSample(Node node, long operatorSet, UpgradeTarget target) {
    String mode = node.attributes().text("mode", "bilinear");
    String renamed =
        switch (mode) {
          case "bilinear" -> "linear";
          case "bicubic" -> "cubic";
          default -> mode;
        };
    return List.of(node.withAttributes(node.attributes().with("mode", renamed)));
  }

  /** RoiAlign: before version 16 positions were not shifted by half a pixel. */
  static List<Node> regionAlign(Node node, long operatorSet, UpgradeTarget target) {
    return List.of(
        node.withAttributes(
            AttributesToInputs.withDefault(
                node.attributes(), "coordinate_transformation_mode", "output_half_pixel")));
  }
}
