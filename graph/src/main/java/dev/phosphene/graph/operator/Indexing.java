package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Operators that choose elements by their indices. */
final class Indexing {
  private Indexing() {}

  static List<OperatorSpec> specs() {
    return List.of(
        Folding.spec("Gather", 13, Indexing::gather, Rearrangement::gather),
        Folding.spec("GatherElements", 13, Indexing::gatherElements, Rearrangement::gatherElements),
        Folding.spec("GatherND", 13, Indexing::gatherTuples, Rearrangement::gatherTuples),
        Folding.severalOutputs(
            "ScatterElements", 18, Indexing::scatterElements, Rearrangement::scatterElements),
        Folding.severalOutputs(
            "ScatterND", 18, Indexing::scatterTuples, Rearrangement::scatterTuples),
        Folding.spec("OneHot", 11, Indexing::oneHot, Accumulation::oneHot),
        Folding.severalOutputs("TopK", 11, Indexing::topK, Accumulation::topK),
        new OperatorSpec("NonZero", 13, Indexing::nonZero, Accumulation::nonZero),
        new OperatorSpec("Compress", 11, Indexing::compress));
  }

  private static void gather(Inference node) {
    Shape data = node.shape(0);
    Shape indices = node.shape(1);
    Shape shape = Shape.unknown();
    if (data.isRankKnown()) {
      int axis = Axes.normalize(node, node.attributes().integer("axis", 0), data.rank());
      if (indices.isRankKnown()) {
        Axes.requireLength(node, (long) data.rank() - 1 + indices.rank());
        List<Dimension> sizes = new ArrayList<>(data.dimensions());
        sizes.remove(axis);
        sizes.addAll(axis, indices.dimensions());
        shape = Shape.of(sizes);
      }
    }
    node.output(0, node.type(0), shape);
  }

  private static void gatherElements(Inference node) {
    Shape data = node.shape(0);
    Shape indices = node.shape(1);
    if (data.isRankKnown()) {
      Axes.requireRank(node, "the indices for data " + data, indices, data.rank());
      Axes.normalize(node, node.attributes().integer("axis", 0), data.rank());
    }
    node.output(0, node.type(0), indices);
  }

  private static void gatherTuples(Inference node) {
    Shape data = node.shape(0);
    Shape indices = node.shape(1);
    long batch = node.attributes().integer("batch_dims", 0);
    Shape shape = Shape.unknown();
    if (data.isRankKnown() && indices.isRankKnown()) {
      Axes.requireRankFrom(node, "the indices", indices, 1);
      if (batch < 0 || batch >= Math.min(data.rank(), indices.rank())) {
        throw node.error(
            "batch_dims %d does not fit data %s and indices %s".formatted(batch, data, indices));
      }
      if (indices.dimension(-1).isKnown()) {
        long from = Math.addExact(batch, indices.size(-1));
        if (indices.size(-1) < 1 || from > data.rank()) {
          throw node.error("indices %s reach beyond the axes of %s".formatted(indices, data));
        }
        List<Dimension> sizes =
            new ArrayList<>(indices.dimensions().subList(0, indices.rank() - 1));
        sizes.addAll(data.dimensions().subList((int) from, data.rank()));
        Axes.requireLength(node, sizes.size());
        shape = Shape.of(sizes);
      }
    }
    node.output(0, node.type(0), shape);
  }

  private static void scatterElements(Inference node) {
    Shape data = node.shape(0);
    if (data.isRankKnown()) {
      Axes.requireRank(node, "the indices for data " + data, node.shape(1), data.rank());
      Axes.requireRank(node, "the updates for data " + data, node.shape(2), data.rank());
      Axes.normalize(node, node.attributes().integer("axis", 0), data.rank());
    }
    requireSameType(node);
    node.output(0, node.type(0), data);
  }

  private static void scatterTuples(Inference node) {
    Shape data = node.shape(0);
    Shape indices = node.shape(1);
    Axes.requireRankFrom(node, "the indices", indices, 1);
    if (data.isRankKnown() && indices.isRankKnown() && indices.size(-1) > data.rank()) {
      throw node.error("indices %s reach beyond the axes of %s".formatted(indices, data));
    }
    requireSameType(node);
    node.output(0, node.type(0), data);
  }

  private static void requireSameType(Inference node) {
    ElementType data = node.type(0);
    ElementType updates = node.type(2);
    if (data != updates && data != ElementType.UNKNOWN && updates != ElementType.UNKNOWN) {
      throw node.error("data are %s but updates are %s".formatted(data, updates));
    }
  }

  private static void oneHot(Inference node) {
    Shape indices = node.shape(0);
    Shape shape = Shape.unknown();
    if (indices.isRankKnown()) {
      int rank = indices.rank() + 1;
      Axes.requireLength(node, rank);
      int axis = Axes.normalize(node, node.attributes().integer("axis", -1), rank);
      List<Dimension> sizes = new ArrayList<>(indices.dimensions());
      sizes.add(axis, constantSize(node, 1, "depth"));
      shape = Shape.of(sizes);
    }
    Shape values = node.shape(2);
    if (values.isStatic() && values.elements() != 2) {
      throw node.error("values should be the cold and the hot one, found shape " + values);
    }
    node.output(0, node.type(2), shape);
  }

  /** A size that stands in a constant of one element; unknown where it is not a constant. */
  static Dimension constantSize(Inference node, int input, String what) {
    Optional<Tensor> constant = node.constant(input);
    if (constant.isEmpty()) {
      return Dimension.unknown();
    }
    if (constant.get().elements() != 1 || constant.get().getLong(0) < 0) {
      throw node.error(what + " should be one number that is not negative");
    }
    return Dimension.of(constant.get().getLong(0));
  }

  private static void topK(Inference node) {
    Shape shape = node.shape(0);
    if (shape.isRankKnown()) {
      int axis = Axes.normalize(node, node.attributes().integer("axis", -1), shape.rank());
      Dimension count = constantSize(node, 1, "k");
      if (shape.dimension(axis).isKnown() && count.size() > shape.size(axis)) {
        throw node.error("k is %s but axis %d of %s is shorter".formatted(count, axis, shape));
      }
      shape = shape.with(axis, count);
    }
    node.output(0, node.type(0), shape);
    node.output(1, ElementType.INT64, shape);
  }

  private static void nonZero(Inference node) {
    Shape shape = node.shape(0);
    Dimension rank = shape.isRankKnown() ? Dimension.of(shape.rank()) : Dimension.unknown();
    node.output(0, ElementType.INT64, Shape.of(List.of(rank, Dimension.unknown())));
  }

  private static void compress(Inference node) {
    Shape shape = node.shape(0);
    if (!node.attributes().has("axis")) {
      shape = Shape.ofRank(1);
    } else if (shape.isRankKnown()) {
      int axis = Axes.normalize(node, node.attributes().integer("axis", 0), shape.rank());
      shape = shape.with(axis, Dimension.unknown());
    }
    node.output(0, node.type(0), shape);
  }
}
