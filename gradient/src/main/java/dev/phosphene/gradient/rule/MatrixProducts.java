package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Gradients of MatMul and Gemm.
 *
 * <p>A matrix of weights is transposed by an attribute of Gemm and never as a tensor of its own:
 * ONNX Runtime would fold that into a second copy of the weights.
 */
final class MatrixProducts {
  private MatrixProducts() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of(
            "MatMul",
            MatrixProducts::matrixProduct,
            GradientCase.of("MatMul", random(2, 3), random(3, 4)),
            GradientCase.of("MatMul", random(3), random(3)).named("vector times vector"),
            GradientCase.of("MatMul", random(3), random(3, 4)).named("vector times matrix"),
            GradientCase.of("MatMul", random(2, 3), random(3)).named("matrix times vector"),
            GradientCase.of("MatMul", random(3), random(5, 3, 4)).named("vector times batch"),
            GradientCase.of("MatMul", random(5, 2, 3), random(3)).named("batch times vector"),
            GradientCase.of("MatMul", random(5, 2, 3), random(3, 4)).named("batch times matrix"),
            GradientCase.of("MatMul", random(2, 3), random(5, 3, 4)).named("matrix times batch"),
            GradientCase.of("MatMul", random(2, 5, 2, 3), random(2, 5, 3, 4))
                .named("batch times batch"),
            GradientCase.of("MatMul", random(5, 1, 2, 3), random(4, 3, 2))
                .named("batches broadcast")),
        GradientEntry.of("Gemm", MatrixProducts::generalProduct, products()));
  }

  private static List<GradientCase> products() {
    List<GradientCase> cases = new ArrayList<>();
    for (int transA = 0; transA <= 1; transA++) {
      for (int transB = 0; transB <= 1; transB++) {
        GradientCase.Input a = transA == 0 ? random(2, 3) : random(3, 2);
        GradientCase.Input b = transB == 0 ? random(3, 4) : random(4, 3);
        cases.add(
            GradientCase.of("Gemm", a, b, random(4)).with("transA", transA, "transB", transB));
        cases.add(
            GradientCase.of("Gemm", a, b, random(2, 1))
                .with("alpha", 0.5, "beta", 2.0, "transA", transA, "transB", transB));
      }
    }
    Attributes[] options = {Attributes.of("alpha", 0.5), Attributes.of("beta", 2.0)};
    cases.addAll(GradientCase.of("Gemm", random(2, 3), random(3, 4)).withEverySelection(options));
    cases.addAll(
        GradientCase.of("Gemm", random(3, 2), random(3, 4), random(4))
            .with("transA", 1)
            .withEverySelection(options));
    cases.addAll(
        GradientCase.of("Gemm", random(2, 3), random(4, 3), random(4))
            .with("transB", 1)
            .withEverySelection(options));
    cases.add(GradientCase.of("Gemm", random(3, 2), random(4, 3)).with("transA", 1, "transB", 1));
    cases.add(GradientCase.of("Gemm", random(2, 3), random(3, 4), random()).named("C a scalar"));
    cases.add(
        GradientCase.of("Gemm", random(2, 3), random(3, 4), random(2, 4)).named("C a matrix"));
    return cases;
  }

  private static void matrixProduct(Backward backward) {
    if (backward.input(1).rank() == 2) {
      productWithMatrix(backward);
    } else {
      productOfBatches(backward);
    }
  }

  /** One product for all rows of the first input, however many axes they fill. */
  private static void productWithMatrix(Backward backward) {
    Value a = backward.input(0);
    Value b = backward.input(1);
    long inner = backward.sizes(b)[0];
    long columns = backward.sizes(b)[1];
    long rows = rows(backward.sizes(a));
    Value gradient = shaped(backward, backward.gradient(), rows, columns);
    if (backward.wants(0)) {
      Value product = backward.apply("Gemm", Attributes.of("transB", 1), gradient, b);
      backward.give(0, backward.reshapeLike(product, a));
    }
    if (backward.wants(1)) {
      Value flat = shaped(backward, a, rows, inner);
      backward.give(1, backward.apply("Gemm", Attributes.of("transA", 1), flat, gradient));
    }
  }

  private static long rows(long[] sizes) {
    long rows = 1;
    for (int axis = 0; axis < sizes.length - 1; axis++) {
      rows *= sizes[axis];
    }
    return rows;
  }

  private static Value shaped(Backward backward, Value value, long... sizes) {
    return value.rank() == sizes.length ? value : backward.reshape(value, sizes);
  }

  /** dA = dY B', dB = A' dY; a vector is a matrix of one row (A) or one column (B). */
  private static void productOfBatches(Backward backward) {
    Value a = backward.input(0);
    Value b = backward.input(1);
    Value gradient = backward.gradient();
    boolean columnVector = b.rank() == 1;
    boolean rowVector = a.rank() == 1;
    if (columnVector) {
      gradient = backward.unsqueeze(gradient, gradient.rank());
    }
    if (rowVector) {
      gradient = backward.unsqueeze(gradient, gradient.rank() - 1);
    }
    if (backward.wants(0)) {
      Value transposed = columnVector ? backward.unsqueeze(b, 0) : transposeMatrices(backward, b);
      Value product = backward.matrixMultiply(gradient, transposed);
      backward.give(0, rowVector ? backward.squeeze(product, product.rank() - 2) : product);
    }
    if (backward.wants(1)) {
      Value transposed = rowVector ? backward.unsqueeze(a, 1) : transposeMatrices(backward, a);
      Value product = backward.matrixMultiply(transposed, gradient);
      backward.give(1, columnVector ? backward.squeeze(product, product.rank() - 1) : product);
    }
  }

  private static Value transposeMatrices(Backward backward, Value value) {
    int[] permutation = IntStream.range(0, value.rank()).toArray();
    permutation[value.rank() - 1] = value.rank() - 2;
    permutation[value.rank() - 2] = value.rank() - 1;
    return backward.transpose(value, permutation);
  }

  /** Y = alpha A B + beta C, with A and B transposed first where attributes say so. */
  private static void generalProduct(Backward backward) {
    Value a = backward.input(0);
    Value b = backward.input(1);
    Value gradient = backward.gradient();
    boolean transA = backward.attributes().flag("transA", false);
    boolean transB = backward.attributes().flag("transB", false);
    if (backward.wants(0)) {
      backward.give(
          0,
          transA
              ? product(backward, b, transB, gradient, true)
              : product(backward, gradient, false, b, !transB));
    }
    if (backward.wants(1)) {
      backward.give(
          1,
          transB
              ? product(backward, gradient, true, a, transA)
              : product(backward, a, !transA, gradient, false));
    }
    if (backward.has(2) && backward.wants(2)) {
      float beta = backward.attributes().real("beta", 1);
      backward.give(2, beta == 1 ? gradient : backward.multiply(gradient, beta));
    }
  }

  private static Value product(
      Backward backward, Value a, boolean transA, Value b, boolean transB) {
    Attributes attributes =
        Attributes.of(
            "alpha", backward.attributes().real("alpha", 1),
            "transA", transA ? 1 : 0,
            "transB", transB ? 1 : 0);
    return backward.apply("Gemm", attributes, a, b);
  }
}
