package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.List;

/** Operators that broadcast their inputs and work on each element alone. */
final class Elementwise {
  private Elementwise() {}

  static List<OperatorSpec> specs() {
    return List.of(
        Folding.spec("Add", 14, Elementwise::binary, Arithmetic.binary(Long::sum, Double::sum)),
        Folding.spec(
            "Sub", 14, Elementwise::binary, Arithmetic.binary((a, b) -> a - b, (a, b) -> a - b)),
        Folding.spec(
            "Mul", 14, Elementwise::binary, Arithmetic.binary((a, b) -> a * b, (a, b) -> a * b)),
        Folding.spec(
            "Div", 14, Elementwise::binary, Arithmetic.binary((a, b) -> a / b, (a, b) -> a / b)),
        Folding.spec("Pow", 15, Elementwise::binaryOfFirstType, Arithmetic::power),
        Folding.spec("Mod", 13, Elementwise::binary, Arithmetic::modulo),
        Folding.spec("Min", 13, Elementwise::variadic, Arithmetic.variadic(Math::min, Math::min)),
        Folding.spec("Max", 13, Elementwise::variadic, Arithmetic.variadic(Math::max, Math::max)),
        Folding.spec("Sum", 13, Elementwise::variadic, Arithmetic.variadic(Long::sum, Double::sum)),
        Folding.spec("Mean", 13, Elementwise::variadic, Arithmetic::mean),
        new OperatorSpec("BitShift", 11, Elementwise::binary),
        Folding.spec("BitwiseAnd", 18, Elementwise::binary, Arithmetic.integers((a, b) -> a & b)),
        Folding.spec("BitwiseOr", 18, Elementwise::binary, Arithmetic.integers((a, b) -> a | b)),
        Folding.spec("BitwiseXor", 18, Elementwise::binary, Arithmetic.integers((a, b) -> a ^ b)),
        Folding.spec(
            "Equal",
            19,
            Elementwise::comparison,
            Arithmetic.relation((a, b) -> a == b, (a, b) -> a == b)),
        Folding.spec(
            "Greater",
            13,
            Elementwise::comparison,
            Arithmetic.relation((a, b) -> a > b, (a, b) -> a > b)),
        Folding.spec(
            "GreaterOrEqual",
            16,
            Elementwise::comparison,
            Arithmetic.relation((a, b) -> a >= b, (a, b) -> a >= b)),
        Folding.spec(
            "Less",
            13,
            Elementwise::comparison,
            Arithmetic.relation((a, b) -> a < b, (a, b) -> a < b)),
        Folding.spec(
            "LessOrEqual",
            16,
            Elementwise::comparison,
            Arithmetic.relation((a, b) -> a <= b, (a, b) -> a <= b)),
        Folding.spec("And", 7, Elementwise::comparison, Arithmetic.integers((a, b) -> a & b)),
        Folding.spec("Or", 7, Elementwise::comparison, Arithmetic.integers((a, b) -> a | b)),
        Folding.spec("Xor", 7, Elementwise::comparison, Arithmetic.integers((a, b) -> a ^ b)),
        Folding.spec("Where", 16, Elementwise::where, Arithmetic::where),
        new OperatorSpec("PRelu", 16, Elementwise::prelu),
        Folding.spec("Clip", 13, Elementwise::clip, Arithmetic::clip));
  }

  private static void binary(Inference node) {
    node.output(
        0, Casting.commonType(node, 0, node.inputs()), Broadcasting.broadcastInputs(node, 0, 2));
  }

  private static void binaryOfFirstType(Inference node) {
    node.output(0, node.type(0), Broadcasting.broadcastInputs(node, 0, 2));
  }

  private static void comparison(Inference node) {
    Casting.commonType(node, 0, node.inputs());
    node.output(0, ElementType.BOOL, Broadcasting.broadcastInputs(node, 0, 2));
  }

  private static void variadic(Inference node) {
    if (node.inputs() == 0) {
      throw node.error("expected at least one input, found none");
    }
    node.output(
        0,
        Casting.commonType(node, 0, node.inputs()),
        Broadcasting.broadcastInputs(node, 0, node.inputs()));
  }

  private static void where(Inference node) {
    node.output(0, Casting.commonType(node, 1, 3), Broadcasting.broadcastInputs(node, 0, 3));
  }

  /** The slope broadcasts to the input and not the other way round. */
  private static void prelu(Inference node) {
    Shape shape = node.shape(0);
    Shape both = Broadcasting.broadcastInputs(node, 0, 2);
    if (both.isStatic() && shape.isStatic() && !both.equals(shape)) {
      throw node.error("slope " + node.shape(1) + " does not broadcast to " + shape);
    }
    node.output(0, node.type(0), shape);
  }

  private static void clip(Inference node) {
    for (int bound = 1; bound <= 2; bound++) {
      Shape shape = node.shape(bound);
      if (shape.isStatic() && shape.elements() != 1) {
        throw node.error("the bounds must be scalars, found shape " + shape);
      }
    }
    node.output(0, Casting.commonType(node, 0, node.inputs()), node.shape(0));
  }
}
