package dev.phosphene.visualize.loss;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.List;

/**
 * How much neighbouring pictures of a batch differ at a layer: with it, pictures of a passage from
 * one thing to another keep what they show at the same place (Mordvintsev et al. 2018,
 * "Differentiable Image Parameterizations").
 *
 * <p>{@code d[i] = mean((a[i] - a[i + 1])^2)}; half of each difference counts for either picture.
 *
 * @param layer index, name or glob
 */
public record AlignmentLoss(String layer) implements Loss {
  @Override
  public Expression build(Scene scene) {
    Expression activation = scene.layer(layer);
    Value value = activation.value();
    long pictures = value.size(0);
    if (pictures == 1) {
      return activation.mean().times(0); // nothing to align with
    }
    Emitter graph = scene.graph();
    Value next = graph.slice(value, 0, 1, pictures);
    Value differences = graph.subtract(next, graph.slice(value, 0, 0, pictures - 1));
    Value means = Expression.of(graph, differences).square().mean().value();
    Value nothing = graph.constant(Tensor.of(new float[1], 1));
    Value before = graph.concatenate(0, List.of(nothing, means));
    Value after = graph.concatenate(0, List.of(means, nothing));
    return Expression.of(graph, graph.add(before, after)).times(0.5);
  }

  @Override
  public boolean spansPictures() {
    return true;
  }

  @Override
  public String label() {
    return "alignment";
  }
}
