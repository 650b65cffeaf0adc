package dev.phosphene.visualize.loss;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * A term of what is minimized, one number a picture: a formula over what a {@link Scene} shows.
 *
 * <pre>{@code
 * Loss striped = scene -> scene.layer("conv5").filter(17).mean().negative();
 * }</pre>
 *
 * <p>A loss is written once into the graph of the step, and its gradient follows from the graph. It
 * may be asked twice before that, to learn which layers it looks at, so it should depend on nothing
 * but the scene.
 *
 * <p>The kinds listed here can be part of a recipe and so be replayed; any other implementation, a
 * lambda say, works in a run but cannot be written into a picture.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ActivationLoss.class, name = "activation"),
  @JsonSubTypes.Type(value = NeuronLoss.class, name = "neuron"),
  @JsonSubTypes.Type(value = LayerLoss.class, name = "layer"),
  @JsonSubTypes.Type(value = DirectionLoss.class, name = "direction"),
  @JsonSubTypes.Type(value = AgainstRestLoss.class, name = "against-rest"),
  @JsonSubTypes.Type(value = AlignmentLoss.class, name = "alignment"),
  @JsonSubTypes.Type(value = DiversityLoss.class, name = "diversity"),
  @JsonSubTypes.Type(value = LpNorm.class, name = "lp-norm"),
  @JsonSubTypes.Type(value = TotalVariation.class, name = "total-variation"),
})
@FunctionalInterface
public interface Loss {
  /**
   * Writes the loss into the graph of a step.
   *
   * @return {@code [N]}, one number a picture, each independent of the other pictures unless {@link
   *     #spansPictures} says otherwise
   */
  Expression build(Scene scene);

  /** What logs call it. */
  default String label() {
    return "loss";
  }

  /** Whether this only keeps the image in bounds, and is nothing that a picture is made for. */
  default boolean regularizes() {
    return false;
  }

  /**
   * Whether a picture's number depends on other pictures. The sum over pictures is minimized by all
   * of them, so they have to be in one batch.
   */
  default boolean spansPictures() {
    return false;
  }

  /** Whether this differs from another loss in its settings at most, not in what it is. */
  default boolean isSameKind(Loss other) {
    return getClass().equals(other.getClass()) && label().equals(other.label());
  }

  /** A loss of one's own that logs call by this name. */
  static Loss named(String label, Loss loss) {
    return new NamedLoss(label, loss);
  }
}
