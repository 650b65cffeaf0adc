package dev.phosphene.graph;

import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Writes nodes into a graph as one writes formulas. Each method adds one node (or few) and gives
 * its output; names are those of the ONNX operators in plain words. Arithmetic broadcasts.
 */
public interface Emitter {
  /**
   * Adds a node.
   *
   * @param outputs how many outputs it has
   * @param arguments {@link Value#ABSENT} for an optional one left out
   */
  List<Value> apply(OperatorType type, int outputs, Attributes attributes, List<Value> arguments);

  /** Adds a constant, or finds the equal one that is there. */
  Value constant(Tensor tensor);

  /** Content of a value that is a constant. */
  Optional<Tensor> constantOf(Value value);

  /** An empty body for a node that is to be added; it sees what was written so far. */
  GraphBuilder body();

  /** Adds a node of the standard domain with one output. */
  default Value apply(String operator, Attributes attributes, Value... arguments) {
    return apply(OperatorType.of(operator), 1, attributes, Arrays.asList(arguments)).get(0);
  }

  /** Adds a node of the standard domain with one output and no attributes. */
  default Value apply(String operator, Value... arguments) {
    return apply(operator, Attributes.none(), arguments);
  }

  /** An int64 vector constant, as operators take axes and sizes. */
  default Value integers(long... elements) {
    return constant(Tensor.vector(elements));
  }

  /** A scalar constant of this element type. */
  default Value scalar(ElementType type, double element) {
    return constant(Tensor.converted(type, new double[] {element}));
  }

  /** A scalar constant of the element type of another value. */
  default Value scalarLike(Value like, double element) {
    return scalar(like.type(), element);
  }

  default Value add(Value a, Value b) {
    return apply("Add", a, b);
  }

  default Value add(Value a, double b) {
    return add(a, scalarLike(a, b));
  }

  default Value subtract(Value a, Value b) {
    return apply("Sub", a, b);
  }

  default Value subtract(double a, Value b) {
    return subtract(scalarLike(b, a), b);
  }

  default Value multiply(Value a, Value b) {
    return apply("Mul", a, b);
  }

  default Value multiply(Value a, double b) {
    return multiply(a, scalarLike(a, b));
  }

  default Value divide(Value a, Value b) {
    return apply("Div", a, b);
  }

  default Value divide(double a, Value b) {
    return divide(scalarLike(b, a), b);
  }

  default Value power(Value base, double exponent) {
    return apply("Pow", base, scalarLike(base, exponent));
  }

  default Value square(Value a) {
    return multiply(a, a);
  }

  default Value negate(Value a) {
    return apply("Neg", a);
  }

  default Value absolute(Value a) {
    return apply("Abs", a);
  }

  default Value sign(Value a) {
    return apply("Sign", a);
  }

  default Value squareRoot(Value a) {
    return apply("Sqrt", a);
  }

  default Value exponential(Value a) {
    return apply("Exp", a);
  }

  default Value logarithm(Value a) {
    return apply("Log", a);
  }

  default Value reciprocal(Value a) {
    return apply("Reciprocal", a);
  }

  default Value sigmoid(Value a) {
    return apply("Sigmoid", a);
  }

  default Value greater(Value a, Value b) {
    return apply("Greater", a, b);
  }

  default Value less(Value a, Value b) {
    return apply("Less", a, b);
  }

  default Value equal(Value a, Value b) {
    return apply("Equal", a, b);
  }

  default Value where(Value condition, Value then, Value otherwise) {
    return apply("Where", condition, then, otherwise);
  }

  default Value cast(Value a, ElementType type) {
    if (a.type() == type) {
      return a;
    }
    return apply("Cast", Attributes.of("to", onnxCode(type)), a);
  }

  /** 1 where a condition holds and 0 elsewhere, of the element type of another value. */
  default Value indicator(Value condition, Value like) {
    return cast(condition, like.type());
  }

  default Value matrixMultiply(Value a, Value b) {
    return apply("MatMul", a, b);
  }

  default Value reshape(Value a, long... sizes) {
    return apply("Reshape", a, integers(sizes));
  }

  /** Reshapes to the sizes of another value, which must be known. */
  default Value reshapeLike(Value a, Value like) {
    if (a.shape().equals(like.shape())) {
      return a;
    }
    long[] sizes = like.shape().sizes();
    boolean isEmpty = Arrays.stream(sizes).anyMatch(size -> size == 0);
    // Otherwise a size of zero would stand for the size that the axis has.
    Attributes attributes = isEmpty ? Attributes.of("allowzero", 1) : Attributes.none();
    return apply("Reshape", attributes, a, integers(sizes));
  }

  default Value transpose(Value a, int... permutation) {
    return apply("Transpose", Attributes.of("perm", permutation), a);
  }

  default Value squeeze(Value a, long... axes) {
    return apply("Squeeze", a, integers(axes));
  }

  default Value unsqueeze(Value a, long... axes) {
    return apply("Unsqueeze", a, integers(axes));
  }

  default Value expand(Value a, long... sizes) {
    return apply("Expand", a, integers(sizes));
  }

  default Value concatenate(int axis, List<Value> parts) {
    return apply("Concat", Attributes.of("axis", axis), parts.toArray(Value[]::new));
  }

  /** Elements from start (inclusive) to end (exclusive) along one axis, negative from its end. */
  default Value slice(Value a, int axis, long start, long end) {
    return slice(a, axis, start, end, 1);
  }

  default Value slice(Value a, int axis, long start, long end, long step) {
    return apply("Slice", a, integers(start), integers(end), integers(axis), integers(step));
  }

  /** The elements along some axes in reverse order. */
  default Value reverse(Value a, int... axes) {
    long[] starts = new long[axes.length];
    long[] ends = new long[axes.length];
    Arrays.fill(starts, -1);
    Arrays.fill(ends, Long.MIN_VALUE);
    long[] along = Arrays.stream(axes).asLongStream().toArray();
    return apply("Slice", a, integers(starts), integers(ends), integers(along), integers(starts));
  }

  /** Pads with zeros; all axes' begins, then all axes' ends. */
  default Value padZeros(Value a, long... pads) {
    if (Arrays.stream(pads).allMatch(pad -> pad == 0)) {
      return a;
    }
    return apply("Pad", a, integers(pads), scalarLike(a, 0));
  }

  default Value reduceSum(Value a, boolean keepAxes, long... axes) {
    return reduce("ReduceSum", a, keepAxes, axes);
  }

  default Value reduceMean(Value a, boolean keepAxes, long... axes) {
    return reduce("ReduceMean", a, keepAxes, axes);
  }

  /** Any operator of the Reduce family, over these axes. */
  default Value reduce(String operator, Value a, boolean keepAxes, long... axes) {
    return apply(operator, Attributes.of("keepdims", keepAxes ? 1 : 0), a, integers(axes));
  }

  /** All axes of a value from one to the last, as reductions take them. */
  default long[] axesFrom(Value a, int first) {
    return IntStream.range(first, a.rank()).asLongStream().toArray();
  }

  /** The number that ONNX files and Cast use for an element type. */
  static int onnxCode(ElementType type) {
    return switch (type) {
      case UNKNOWN -> 0;
      case FLOAT32 -> 1;
      case UINT8 -> 2;
      case INT8 -> 3;
      case UINT16 -> 4;
      case INT16 -> 5;
      case INT32 -> 6;
      case INT64 -> 7;
      case STRING -> 8;
      case BOOL -> 9;
      case FLOAT16 -> 10;
      case FLOAT64 -> 11;
      case UINT32 -> 12;
      case UINT64 -> 13;
      case BFLOAT16 -> 16;
    };
  }

  /** The element type of a number in ONNX files; unknown for types that have no counterpart. */
  static ElementType elementType(long onnxCode) {
    for (ElementType type : ElementType.values()) {
      if (onnxCode(type) == onnxCode) {
        return type;
      }
    }
    return ElementType.UNKNOWN;
  }
}
