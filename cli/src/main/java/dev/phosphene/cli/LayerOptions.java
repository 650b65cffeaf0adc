package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.Target;
import dev.phosphene.visualize.Visualization;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which layer a command looks at. */
final class LayerOptions {
  @Option(
      names = {"-l", "--layer"},
      paramLabel = "L",
      description =
          "Index (negative from the end), name, or a glob that matches one layer; the last layer"
              + " where it is not given.")
  private @Nullable String layer;

  @Option(
      names = "--softmax",
      description = "Keep the softmax at the end of the layer, which is left out otherwise.")
  private boolean softmax;

  /** Says to a visualization which layer it is about. */
  <S extends Visualization<S>> S applyTo(S visualization) {
    return visualization.layer(layer).softmax(softmax);
  }

  boolean isSoftmaxKept() {
    return softmax;
  }

  Target find(Model model) {
    return Target.of(model, layer, softmax);
  }

  /** Tells which layer was found. */
  static void announce(Console console, Target target) {
    Layer layer = target.layer();
    String index = layer.index() == Layer.UNLISTED ? "" : " " + layer.index();
    console.note(
        "Layer%s \"%s\" (%s, output %s)"
            .formatted(index, layer.name(), layer.kind(), layer.shape()));
    if (target.beforeSoftmax()) {
      console.note("The value before the softmax is taken; --softmax keeps the softmax.");
    }
  }
}
