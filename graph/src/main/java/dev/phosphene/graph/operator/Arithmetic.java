package dev.phosphene.graph.operator;

import dev.phosphene.graph.operator.Folding.Kernel;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/** Kernels that compute every element alone, with broadcasting. */
final class Arithmetic {
  private Arithmetic() {}

  /** A predicate of two integers. */
  @FunctionalInterface
  interface LongRelation {
    boolean holds(long a, long b);
  }

  /** A predicate of two real numbers. */
  @FunctionalInterface
  interface DoubleRelation {
    boolean holds(double a, double b);
  }

  static Kernel unary(LongUnaryOperator integers, DoubleUnaryOperator reals) {
    return node -> {
      Tensor input = node.input(0);
      return input.type().isFloating()
          ? node.result(Arrays.stream(input.toDoubles()).map(reals).toArray())
          : node.result(Arrays.stream(input.toLongs()).map(integers).toArray());
    };
  }

  /** For operators that the standard defines on floating types only. */
  static Kernel unary(DoubleUnaryOperator reals) {
    return node -> node.result(Arrays.stream(node.input(0).toDoubles()).map(reals).toArray());
  }

  static Kernel binary(LongBinaryOperator integers, DoubleBinaryOperator reals) {
    return node -> combine(node, 2, integers, reals);
  }

  /** For operators that the standard does not define on floating types. */
  static Kernel integers(LongBinaryOperator operator) {
    return node -> {
      long[] a = integers(node, 0);
      long[] b = integers(node, 1);
      Arrays.setAll(a, i -> operator.applyAsLong(a[i], b[i]));
      return node.result(a);
    };
  }

  static Tensor not(Folding node) {
    return node.result(
        Arrays.stream(node.input(0).toLongs()).map(truth -> truth == 0 ? 1 : 0).toArray());
  }

  /** Combines all inputs from left to right. */
  static Kernel variadic(LongBinaryOperator integers, DoubleBinaryOperator reals) {
    return node -> combine(node, node.inputs(), integers, reals);
  }

  private static Tensor combine(
      Folding node, int inputs, LongBinaryOperator integers, DoubleBinaryOperator reals) {
    if (node.type().isFloating()) {
      double[] result = reals(node, 0);
      for (int i = 1; i < inputs; i++) {
        double[] next = reals(node, i);
        // Each step rounds to the type, as the operators would that this one abbreviates.
        result = node.result(zip(result, next, reals)).toDoubles();
      }
      return node.result(result);
    }
    long[] result = integers(node, 0);
    for (int i = 1; i < inputs; i++) {
      long[] next = integers(node, i);
      long[] left = result;
      long[] combined = new long[left.length];
      Arrays.setAll(combined, k -> integers.applyAsLong(left[k], next[k]));
      result = combined;
    }
    return node.result(result);
  }

  static Kernel relation(LongRelation integers, DoubleRelation reals) {
    return node -> {
      long[] result = new long[node.elements()];
      if (node.input(0).type().isFloating()) {
        double[] a = reals(node, 0);
        double[] b = reals(node, 1);
        Arrays.setAll(result, i -> reals.holds(a[i], b[i]) ? 1 : 0);
      } else {
        long[] a = integers(node, 0);
        long[] b = integers(node, 1);
        Arrays.setAll(result, i -> integers.holds(a[i], b[i]) ? 1 : 0);
      }
      return node.result(result);
    };
  }

  static Tensor mean(Folding node) {
    double[] sum = reals(node, 0);
    for (int i = 1; i < node.inputs(); i++) {
      sum = zip(sum, reals(node, i), Double::sum);
    }
    return node.result(Arrays.stream(sum).map(value -> value / node.inputs()).toArray());
  }

  /** The exponent may be of another type than the base, which gives the type of the result. */
  static Tensor power(Folding node) {
    if (node.type().isFloating() || node.input(1).type().isFloating()) {
      return node.result(zip(reals(node, 0), reals(node, 1), Math::pow));
    }
    long[] base = integers(node, 0);
    long[] exponent = integers(node, 1);
    long[] result = new long[base.length];
    Arrays.setAll(result, i -> power(base[i], exponent[i]));
    return node.result(result);
  }

  private static long power(long base, long exponent) {
    if (exponent < 0) {
      return (long) Math.pow((double) base, (double) exponent);
    }
    long result = 1;
    long square = base;
    for (long rest = exponent; rest > 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }

  /** With {@code fmod} the result has the sign of the dividend, else of the divisor. */
  static Tensor modulo(Folding node) {
    boolean truncated = node.attributes().flag("fmod", false);
    return combine(
        node,
        2,
        truncated ? (a, b) -> a % b : Math::floorMod,
        truncated ? (a, b) -> a % b : (a, b) -> a - Math.floor(a / b) * b);
  }

  static Tensor where(Folding node) {
    long[] condition = integers(node, 0);
    Tensor then = node.input(1);
    Tensor otherwise = node.input(2);
    int[] fromThen = Indices.broadcast(then.sizes(), node.sizes());
    int[] fromOtherwise = Indices.broadcast(otherwise.sizes(), node.sizes());
    Assembly result = new Assembly(node.type(), node.sizes());
    for (int i = 0; i < condition.length; i++) {
      if (condition[i] != 0) {
        result.copy(i, then, fromThen[i]);
      } else {
        result.copy(i, otherwise, fromOtherwise[i]);
      }
    }
    return result.tensor();
  }

  static Tensor clip(Folding node) {
    if (node.type().isFloating()) {
      double low = node.has(1) ? node.input(1).getDouble(0) : Double.NEGATIVE_INFINITY;
      double high = node.has(2) ? node.input(2).getDouble(0) : Double.POSITIVE_INFINITY;
      return node.result(
          Arrays.stream(reals(node, 0)).map(x -> Math.min(Math.max(x, low), high)).toArray());
    }
    long low = node.has(1) ? node.input(1).getLong(0) : Long.MIN_VALUE;
    long high = node.has(2) ? node.input(2).getLong(0) : Long.MAX_VALUE;
    return node.result(
        Arrays.stream(integers(node, 0)).map(x -> Math.min(Math.max(x, low), high)).toArray());
  }

  static Tensor cast(Folding node) {
    Tensor input = node.input(0);
    if (node.type() == ElementType.BOOL) {
      return node.result(Arrays.stream(input.toDoubles()).mapToLong(x -> x != 0 ? 1 : 0).toArray());
    }
    return input.as(node.type());
  }

  private static double[] zip(double[] a, double[] b, DoubleBinaryOperator function) {
    double[] result = new double[a.length];
    Arrays.setAll(result, i -> function.applyAsDouble(a[i], b[i]));
    return result;
  }

  private static double[] reals(Folding node, int input) {
    double[] elements = node.input(input).toDoubles();
    int[] from = Indices.broadcast(node.input(input).sizes(), node.sizes());
    return Arrays.stream(from).mapToDouble(i -> elements[i]).toArray();
  }

  private static long[] integers(Folding node, int input) {
    long[] elements = node.input(input).toLongs();
    int[] from = Indices.broadcast(node.input(input).sizes(), node.sizes());
    return Arrays.stream(from).mapToLong(i -> elements[i]).toArray();
  }
}
