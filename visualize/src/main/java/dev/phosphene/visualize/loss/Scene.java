package dev.phosphene.visualize.loss;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** What a loss can look at: a batch of images and the activations that they cause. */
public final class Scene {
  private final Emitter graph;
  private final Supplier<Expression> image;
  private final Function<String, Expression> layers;
  private final Optional<Supplier<Chosen>> chosen;

  /**
   * The layer that a run was asked for.
   *
   * @param activation its output; the first axis counts pictures
   * @param filterWeights {@code [N, filters]} or {@code [1, filters]}: how often each filter was
   *     chosen for a picture, 0 for most; an input of the step, so that one compiled step serves
   *     all filters of a layer
   */
  public record Chosen(Expression activation, Value filterWeights) {}

  /**
   * A scene.
   *
   * @param graph that losses are added to
   * @param image gives the images when a loss asks for them
   * @param layers gives the activation of a layer by index, name or glob
   * @param chosen gives the layer that the run was asked for, if any
   */
  public Scene(
      Emitter graph,
      Supplier<Expression> image,
      Function<String, Expression> layers,
      Optional<Supplier<Chosen>> chosen) {
    this.graph = graph;
    this.image = image;
    this.layers = layers;
    this.chosen = chosen;
  }

  /** For what expressions do not say: any operator, written into the graph of the step. */
  public Emitter graph() {
    return graph;
  }

  /**
   * The images {@code [N, C, ...]}, channels first whatever the model's layout, in the units in
   * which the model takes them.
   */
  public Expression image() {
    return image.get();
  }

  /**
   * The output of any layer, before a softmax at its end unless the run keeps it.
   *
   * @param indexNameOrGlob as the layer table finds it
   * @throws PhospheneException where there is no such layer; the message lists the nearest
   */
  public Expression layer(String indexNameOrGlob) {
    return layers.apply(indexNameOrGlob);
  }

  /**
   * The layer and the filters that the run was asked for.
   *
   * @throws PhospheneException where it was asked for none
   */
  public Chosen chosen() {
    return chosen
        .orElseThrow(
            () ->
                new PhospheneException(
                    "A loss looks at the chosen layer, and none was chosen; choose it with layer(...) and filters(...)"))
        .get();
  }
}
