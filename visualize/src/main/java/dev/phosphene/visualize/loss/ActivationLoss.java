package dev.phosphene.visualize.loss;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.stream.IntStream;

/**
 * Minus the activation of the chosen filters: for each the mean over all positions, summed over
 * filters. Minimizing it is activation maximization (Simonyan, Vedaldi and Zisserman 2014, "Deep
 * Inside Convolutional Networks").
 */
public record ActivationLoss() implements Loss {
  @Override
  public Value build(Emitter graph, Scene scene) {
    Value activation = scene.activation();
    long[] positions =
        IntStream.range(1, activation.rank())
            .filter(axis -> axis != scene.filterAxis())
            .asLongStream()
            .toArray();
    Value means =
        positions.length == 0 ? activation : graph.reduceMean(activation, false, positions);
    Value chosen = graph.reduceSum(graph.multiply(means, scene.filterWeights()), false, 1);
    return graph.negate(chosen);
  }

  @Override
  public String label() {
    return "activation";
  }
}
