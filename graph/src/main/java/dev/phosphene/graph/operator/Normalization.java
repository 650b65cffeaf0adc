package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.List;

/** Normalizations, and the softmax family that normalizes to a sum of one. */
final class Normalization {
  private Normalization() {}

  static List<OperatorSpec> specs() {
    return List.of(
        new OperatorSpec("BatchNormalization", 15, Normalization::batch),
        new OperatorSpec("InstanceNormalization", 6, Normalization::perChannel),
        new OperatorSpec("GroupNormalization", 21, Normalization::group),
        new OperatorSpec("LayerNormalization", 17, Normalization::layer),
        new OperatorSpec("RMSNormalization", 23, node -> alongAxis(node, -1)),
        // ONNX Runtime's optimizer writes it in the standard domain.
        new OperatorSpec("SimplifiedLayerNormalization", 1, node -> alongAxis(node, -1)),
        new OperatorSpec("LRN", 13, Normalization::localResponse),
        new OperatorSpec(
            "MeanVarianceNormalization", 13, node -> node.output(0, node.type(0), node.shape(0))),
        new OperatorSpec("LpNormalization", 1, node -> alongAxis(node, -1)),
        new OperatorSpec("Softmax", 13, node -> alongAxis(node, -1)),
        new OperatorSpec("LogSoftmax", 13, node -> alongAxis(node, -1)),
        new OperatorSpec("Hardmax", 13, node -> alongAxis(node, -1)));
  }

  private static void alongAxis(Inference node, int axisByDefault) {
    Shape shape = node.shape(0);
    if (shape.isRankKnown() && shape.rank() > 0) {
      Axes.normalize(node, node.attributes().integer("axis", axisByDefault), shape.rank());
    }
    node.output(0, node.type(0), shape);
  }

  private static void batch(Inference node) {
    perChannel(node);
    node.output(1, node.type(3), node.shape(3));
    node.output(2, node.type(4), node.shape(4));
  }

  /** All inputs but the first have an entry a channel. */
  private static void perChannel(Inference node) {
    Shape shape = node.shape(0);
    Axes.requireRankFrom(node, "the input", shape, 2);
    for (int i = 1; i < node.inputs(); i++) {
      Shape statistics = node.shape(i);
      Axes.requireRank(node, "a channel's scale, bias, mean or variance", statistics, 1);
      if (shape.isRankKnown() && statistics.isRankKnown()) {
        Axes.unify(node, "channels", shape.dimension(1), statistics.dimension(0));
      }
    }
    node.output(0, node.type(0), shape);
  }

  private static void group(Inference node) {
    Shape shape = node.shape(0);
    Axes.requireRankFrom(node, "the input", shape, 2);
    long groups = node.attributes().integer("num_groups", 0);
    if (groups < 1) {
      throw node.error("num_groups should be at least 1, found " + groups);
    }
    if (shape.isRankKnown() && shape.dimension(1).isKnown() && shape.size(1) % groups != 0) {
      throw node.error("input %s does not divide into %d groups".formatted(shape, groups));
    }
    perChannel(node);
  }

  /** The second and third output are the mean and the inverse deviation, with normalized axes 1. */
  static void layer(Inference node) {
    Shape shape = node.shape(0);
    Shape statistics = shape;
    if (shape.isRankKnown()) {
      int first = Axes.normalize(node, node.attributes().integer("axis", -1), shape.rank());
      for (int axis = first; axis < shape.rank(); axis++) {
        statistics = statistics.with(axis, Dimension.of(1));
      }
    }
    ElementType type = Casting.type(node, "stash_type", ElementType.FLOAT32);
    node.output(0, node.type(0), shape);
    node.output(1, type, statistics);
    node.output(2, type, statistics);
  }

  private static void localResponse(Inference node) {
    long size = node.attributes().integer("size", 0);
    if (size < 1) {
      throw node.error("size should be at least 1, found " + size);
    }
    Axes.requireRankFrom(node, "the input", node.shape(0), 2);
    node.output(0, node.type(0), node.shape(0));
  }
}
