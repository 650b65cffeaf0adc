package dev.phosphene.visualize.loss;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;

/**
 * Minus how much more active the chosen filters are than all others of the layer, each as the mean
 * over its positions: over logits, what tells a class from the rest.
 *
 * <p>{@code -(mean over chosen filters of m - mean over the others of m)}, m being the means over
 * positions. Where all filters are chosen, the rest is 0.
 */
public record AgainstRestLoss() implements Loss {
  @Override
  public Expression build(Scene scene) {
    Emitter graph = scene.graph();
    Scene.Chosen chosen = scene.chosen();
    Value means = chosen.activation().meanOverPositions().value();
    Expression count = Expression.of(graph, chosen.filterWeights()).sum();
    Expression all = Expression.of(graph, means).sum();
    Expression some = Expression.of(graph, graph.multiply(means, chosen.filterWeights())).sum();
    double filters = means.size(1);
    Expression others = count.negative().plus(filters - 1).relu().plus(1);
    return some.dividedBy(count).minus(all.minus(some).dividedBy(others)).negative();
  }

  @Override
  public String label() {
    return "against the rest";
  }
}
