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
        new OperatorSpec("Add", 14, Elementwise::binary),
        new OperatorSpec("Sub", 14, Elementwise::binary),
        new OperatorSpec("Mul", 14, Elementwise::binary),
        new OperatorSpec("Div", 14, Elementwise::binary),
        new OperatorSpec("Pow", 15, Elementwise::binaryOfFirstType),
        new OperatorSpec("Mod", 13, Elementwise::binary),
        new OperatorSpec("Min", 13, Elementwise::variadic),
        new OperatorSpec("Max", 13, Elementwise::variadic),
        new OperatorSpec("Sum", 13, Elementwise::variadic),
        new OperatorSpec("Mean", 13, Elementwise::variadic),
        new OperatorSpec("BitShift", 11, Elementwise::binary),
        new OperatorSpec("BitwiseAnd", 18, Elementwise::binary),
        new OperatorSpec("BitwiseOr", 18, Elementwise::binary),
        new OperatorSpec("BitwiseXor", 18, Elementwise::binary),
        new OperatorSpec("Equal", 19, Elementwise::comparison),
        new OperatorSpec("Greater", 13, Elementwise::comparison),
        new OperatorSpec("GreaterOrEqual", 16, Elementwise::comparison),
        new OperatorSpec("Less", 13, Elementwise::comparison),
        new OperatorSpec("LessOrEqual", 16, Elementwise::comparison),
        new OperatorSpec("And", 7, Elementwise::comparison),
        new OperatorSpec("Or", 7, Elementwise::comparison),
        new OperatorSpec("Xor", 7, Elementwise::comparison),
        new OperatorSpec("Where", 16, Elementwise::where),
        new OperatorSpec("PRelu", 16, Elementwise::prelu),
        new OperatorSpec("Clip", 13, Elementwise::clip));
  }

  private static void binary(Inference node) {
    node.output(0, commonType(node, 0), Broadcasting.broadcastInputs(node, 0, 2));
  }

  private static void binaryOfFirstType(Inference node) {
    node.output(0, node.type(0), Broadcasting.broadcastInputs(node, 0, 2));
  }

  private static void comparison(Inference node) {
    commonType(node, 0);
    node.output(0, ElementType.BOOL, Broadcasting.broadcastInputs(node, 0, 2));
  }

  private static void variadic(Inference node) {
    if (node.inputs() == 0) {
      throw node.error("expected at least one input, found none");
    }
    node.output(0, commonType(node, 0), Broadcasting.broadcastInputs(node, 0, node.inputs()));
  }

  private static void where(Inference node) {
    node.output(0, commonType(node, 1), Broadcasting.broadcastInputs(node, 0, 3));
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
    node.output(0, commonType(node, 0), node.shape(0));
  }

  /** The type that inputs from one position on have in common. */
  private static ElementType commonType(Inference node, int first) {
    ElementType common = ElementType.UNKNOWN;
    for (int i = first; i < node.inputs(); i++) {
      ElementType type = node.type(i);
      if (common == ElementType.UNKNOWN) {
        common = type;
      } else if (type != ElementType.UNKNOWN && type != common) {
        throw node.error("inputs must be of one type, found " + common + " and " + type);
      }
    }
    return common;
  }
}
