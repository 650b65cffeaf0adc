package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.OperatorSpec.ShapeInference;
import dev.phosphene.tensor.ElementType;
import java.util.List;

/** Functions of single elements of one input, activations among them. */
final class Unary {
  private static final ShapeInference SAME = node -> node.output(0, node.type(0), node.shape(0));
  private static final ShapeInference PREDICATE =
      node -> node.output(0, ElementType.BOOL, node.shape(0));

  private Unary() {}

  static List<OperatorSpec> specs() {
    return List.of(
        Folding.spec("Identity", 21, SAME, node -> node.input(0)),
        Folding.spec("Neg", 13, SAME, Arithmetic.unary(x -> -x, x -> -x)),
        Folding.spec("Abs", 13, SAME, Arithmetic.unary(Math::abs, Math::abs)),
        Folding.spec("Sign", 13, SAME, Arithmetic.unary(Long::signum, Math::signum)),
        Folding.spec("Floor", 13, SAME, Arithmetic.unary(Math::floor)),
        Folding.spec("Ceil", 13, SAME, Arithmetic.unary(Math::ceil)),
        Folding.spec("Round", 11, SAME, Arithmetic.unary(Math::rint)),
        Folding.spec("Sqrt", 13, SAME, Arithmetic.unary(Math::sqrt)),
        Folding.spec("Reciprocal", 13, SAME, Arithmetic.unary(x -> 1 / x)),
        Folding.spec("Exp", 13, SAME, Arithmetic.unary(Math::exp)),
        Folding.spec("Log", 13, SAME, Arithmetic.unary(Math::log)),
        new OperatorSpec("Erf", 13, SAME),
        new OperatorSpec("Sin", 7, SAME),
        new OperatorSpec("Cos", 7, SAME),
        new OperatorSpec("Tan", 7, SAME),
        new OperatorSpec("Asin", 7, SAME),
        new OperatorSpec("Acos", 7, SAME),
        new OperatorSpec("Atan", 7, SAME),
        new OperatorSpec("Sinh", 9, SAME),
        new OperatorSpec("Cosh", 9, SAME),
        new OperatorSpec("Asinh", 9, SAME),
        new OperatorSpec("Acosh", 9, SAME),
        new OperatorSpec("Atanh", 9, SAME),
        new OperatorSpec("Tanh", 13, SAME),
        new OperatorSpec("Sigmoid", 13, SAME),
        new OperatorSpec("Relu", 14, SAME),
        new OperatorSpec("LeakyRelu", 16, SAME),
        new OperatorSpec("ThresholdedRelu", 10, SAME),
        new OperatorSpec("Elu", 6, SAME),
        new OperatorSpec("Celu", 12, SAME),
        new OperatorSpec("Selu", 6, SAME),
        new OperatorSpec("Gelu", 20, SAME),
        new OperatorSpec("Mish", 18, SAME),
        new OperatorSpec("Swish", 24, SAME),
        new OperatorSpec("HardSigmoid", 6, SAME),
        new OperatorSpec("HardSwish", 14, SAME),
        new OperatorSpec("Softplus", 1, SAME),
        new OperatorSpec("Softsign", 1, SAME),
        new OperatorSpec("Shrink", 9, SAME),
        new OperatorSpec("BitwiseNot", 18, SAME),
        Folding.spec("Not", 1, PREDICATE, Arithmetic::not),
        new OperatorSpec("IsNaN", 20, PREDICATE),
        new OperatorSpec("IsInf", 20, PREDICATE),
        new OperatorSpec("Dropout", 13, Unary::dropout));
  }

  private static void dropout(Inference node) {
    node.output(0, node.type(0), node.shape(0));
    node.output(1, ElementType.BOOL, node.shape(0));
  }
}
