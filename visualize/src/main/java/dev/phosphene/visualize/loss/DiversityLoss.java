package dev.phosphene.visualize.loss;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;

/**
 * How alike pictures of a batch are at a layer, by which textures meet there: with it, several
 * pictures of one unit show its several facets (Olah, Mordvintsev and Schubert 2017, "Feature
 * Visualization").
 *
 * <p>For each picture the mean over the others of the cosine between their {@link GramMatrix}es, in
 * [-1, 1]; 0 where there is no other.
 *
 * @param layer index, name or glob
 */
public record DiversityLoss(String layer) implements Loss {
  @Override
  public Expression build(Scene scene) {
    Expression activation = scene.layer(layer);
    Expression gram = GramMatrix.of(activation);
    long pictures = gram.shape().size(0);
    if (pictures == 1) {
      return activation.mean().times(0); // no other to differ from
    }
    Emitter graph = scene.graph();
    Value unit = gram.dividedBy(Lengths.of(gram.square().sum())).value();
    Value rows = graph.reshape(unit, pictures, unit.size(1) * unit.size(2));
    Value cosines = graph.matrixMultiply(rows, graph.transpose(rows, 1, 0));
    Expression own = Expression.of(graph, rows).square().sum();
    return Expression.of(graph, cosines).sum().minus(own).times(1.0 / (pictures - 1));
  }

  @Override
  public boolean spansPictures() {
    return true;
  }

  @Override
  public String label() {
    return "diversity";
  }
}
