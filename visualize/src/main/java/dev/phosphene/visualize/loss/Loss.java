package dev.phosphene.visualize.loss;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;

/**
 * A term of what is minimized, one number a picture. A loss is built once, as nodes of the step's
 * graph; its gradient follows from the graph.
 *
 * <p>The kinds listed here can be part of a recipe and so be replayed; any other implementation, a
 * lambda say, works in a run but cannot be written into a picture.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ActivationLoss.class, name = "activation"),
  @JsonSubTypes.Type(value = LpNorm.class, name = "lp-norm"),
  @JsonSubTypes.Type(value = TotalVariation.class, name = "total-variation"),
})
@FunctionalInterface
public interface Loss {
  /**
   * Adds the loss to a graph.
   *
   * @return {@code [N]}, one number a picture, each independent of the other pictures
   */
  Value build(Emitter graph, Scene scene);

  /** What logs call it. */
  default String label() {
    return getClass().getSimpleName();
  }
}
