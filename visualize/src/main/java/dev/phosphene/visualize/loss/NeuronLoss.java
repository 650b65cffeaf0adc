package dev.phosphene.visualize.loss;

import java.util.List;

/**
 * Minus the activation of the chosen filters at one position: a neuron of a convolution, a token of
 * a transformer.
 *
 * <p>{@code -sum over filters f of w[n, f] a[n, f, position]}.
 *
 * @param position an index for each axis of positions; none for the middle of all
 */
public record NeuronLoss(List<Integer> position) implements Loss {
  /** The neuron in the middle, whose field of view covers most of the image. */
  public static final NeuronLoss CENTRE = new NeuronLoss(List.of());

  public NeuronLoss {
    position = List.copyOf(position);
  }

  @Override
  public Expression build(Scene scene) {
    Scene.Chosen chosen = scene.chosen();
    Expression activation = chosen.activation();
    Expression neurons =
        position.isEmpty()
            ? activation.centre()
            : activation.at(position.stream().mapToInt(Integer::intValue).toArray());
    return Expression.of(
            scene.graph(), scene.graph().multiply(neurons.value(), chosen.filterWeights()))
        .sum()
        .negative();
  }

  @Override
  public String label() {
    return "neuron";
  }
}
