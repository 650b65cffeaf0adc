package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Products of matrices and of stacks of matrices. */
final class MatrixProduct {
  private MatrixProduct() {}

  static List<OperatorSpec> specs() {
    return List.of(
        new OperatorSpec(
            "MatMul",
            13,
            node -> node.output(0, node.type(0), product(node, node.shape(0), node.shape(1)))),
        new OperatorSpec(
            "MatMulInteger",
            10,
            node -> node.output(0, ElementType.INT32, product(node, node.shape(0), node.shape(1)))),
        new OperatorSpec(
            "QLinearMatMul",
            21,
            node -> node.output(0, node.type(7), product(node, node.shape(0), node.shape(3)))),
        new OperatorSpec("Gemm", 13, MatrixProduct::gemm));
  }

  /** NumPy's matmul: vectors become matrices and lose the axis again, leading axes broadcast. */
  static Shape product(Inference node, Shape a, Shape b) {
    if (!a.isRankKnown() || !b.isRankKnown()) {
      return Shape.unknown();
    }
    if (a.rank() == 0 || b.rank() == 0) {
      throw node.error("expected matrices, found a scalar: " + a + " and " + b);
    }
    Dimension inner = b.dimension(b.rank() == 1 ? 0 : -2);
    requireInner(node, a, a.dimension(-1), b, inner);
    Shape stackOfA = Shape.of(a.dimensions().subList(0, Math.max(0, a.rank() - 2)));
    Shape stackOfB = Shape.of(b.dimensions().subList(0, Math.max(0, b.rank() - 2)));
    List<Dimension> sizes =
        new ArrayList<>(Broadcasting.broadcast(node, stackOfA, stackOfB).dimensions());
    if (a.rank() > 1) {
      sizes.add(a.dimension(-2));
    }
    if (b.rank() > 1) {
      sizes.add(b.dimension(-1));
    }
    return Shape.of(sizes);
  }

  static void gemm(Inference node) {
    Shape a = node.shape(0);
    Shape b = node.shape(1);
    Axes.requireRank(node, "A", a, 2);
    Axes.requireRank(node, "B", b, 2);
    boolean transA = node.attributes().flag("transA", false);
    boolean transB = node.attributes().flag("transB", false);
    Dimension rows = a.isRankKnown() ? a.dimension(transA ? 1 : 0) : Dimension.unknown();
    Dimension columns = b.isRankKnown() ? b.dimension(transB ? 0 : 1) : Dimension.unknown();
    if (a.isRankKnown() && b.isRankKnown()) {
      requireInner(node, a, a.dimension(transA ? 0 : 1), b, b.dimension(transB ? 1 : 0));
    }
    Shape shape = Shape.of(List.of(rows, columns));
    if (node.has(2) && shape.isStatic() && node.shape(2).isStatic()) {
      if (!Broadcasting.broadcast(node, shape, node.shape(2)).equals(shape)) {
        throw node.error("C " + node.shape(2) + " does not broadcast to " + shape);
      }
    }
    node.output(0, node.type(0), shape);
  }

  private static void requireInner(Inference node, Shape a, Dimension ofA, Shape b, Dimension ofB) {
    if (ofA.isKnown() && ofB.isKnown() && ofA.size() != ofB.size()) {
      throw node.error(
          "inner sizes %s and %s differ in the product of %s and %s".formatted(ofA, ofB, a, b));
    }
  }
}
