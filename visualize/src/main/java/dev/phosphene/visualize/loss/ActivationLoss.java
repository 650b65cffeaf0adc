package dev.phosphene.visualize.loss;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;

/**
 * Minus the activation of the chosen filters: for each the mean over all positions, summed over
 * filters. Minimizing it is activation maximization (Simonyan, Vedaldi and Zisserman 2014, "Deep
 * Inside Convolutional Networks").
 */
public record ActivationLoss() implements Loss {
  @Override
  public Expression build(Scene scene) {
    Emitter graph = scene.graph();
    Scene.Chosen chosen = scene.chosen();
    Value means = chosen.activation().meanOverPositions().value();
    Value weighted = graph.multiply(means, chosen.filterWeights());
    return Expression.of(graph, weighted).sum().negative();
  }

  @Override
  public String label() {
    return "activation";
  }
}
