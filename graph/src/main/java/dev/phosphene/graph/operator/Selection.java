package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.List;

/** What detection, sampling and training leave in a graph beside the network itself. */
final class Selection {
  private Selection() {}

  static List<OperatorSpec> specs() {
    return List.of(
        new OperatorSpec("NonMaxSuppression", 11, Selection::suppress),
        new OperatorSpec("Unique", 11, Selection::unique),
        new OperatorSpec("Multinomial", 7, Selection::draw),
        new OperatorSpec(
            "ReverseSequence", 10, node -> node.output(0, node.type(0), node.shape(0))),
        new OperatorSpec("Det", 11, Selection::determinant),
        new OperatorSpec("NegativeLogLikelihoodLoss", 13, Selection::loss),
        new OperatorSpec("SoftmaxCrossEntropyLoss", 13, Selection::loss));
  }

  /** A row of batch, class and box for each box that is kept. */
  private static void suppress(Inference node) {
    node.output(0, ElementType.INT64, Shape.of(-1, 3));
  }

  private static void unique(Inference node) {
    Shape shape = node.shape(0);
    if (!node.attributes().has("axis")) {
      shape = Shape.ofRank(1);
    } else if (shape.isRankKnown()) {
      int axis = Axes.normalize(node, node.attributes().integer("axis", 0), shape.rank());
      shape = shape.with(axis, Dimension.unknown());
    }
    node.output(0, node.type(0), shape);
    for (int output = 1; output <= 3; output++) {
      node.output(output, ElementType.INT64, Shape.ofRank(1));
    }
  }

  private static void draw(Inference node) {
    Shape shape = node.shape(0);
    Axes.requireRank(node, "the input", shape, 2);
    long samples = node.attributes().integer("sample_size", 1);
    if (samples < 1) {
      throw node.error("sample_size should be at least 1, found " + samples);
    }
    Dimension batch = shape.isRankKnown() ? shape.dimension(0) : Dimension.unknown();
    node.output(
        0,
        Casting.type(node, "dtype", ElementType.INT32),
        Shape.of(List.of(batch, Dimension.of(samples))));
  }

  private static void determinant(Inference node) {
    Shape shape = node.shape(0);
    Axes.requireRankFrom(node, "the input", shape, 2);
    if (shape.isRankKnown()) {
      shape = Shape.of(shape.dimensions().subList(0, shape.rank() - 2));
    }
    node.output(0, node.type(0), shape);
  }

  private static void loss(Inference node) {
    boolean reduced = !node.attributes().text("reduction", "mean").equals("none");
    node.output(0, node.type(0), reduced ? Shape.scalar() : node.shape(1));
    node.output(1, node.type(0), node.shape(0));
  }
}
