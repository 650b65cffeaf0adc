package dev.phosphene.graph.operator;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Inference;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.OperatorSpec.Evaluation;
import dev.phosphene.graph.OperatorSpec.ShapeInference;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One node whose inputs are all small constants, about to be computed: its inputs, and the types
 * and sizes that inference finds for its outputs.
 *
 * <p>Integers are computed as 64-bit integers, never by way of floating point; floating types as
 * doubles, rounded to the type once at the end.
 */
final class Folding {
  /** Most elements of an input or output that are computed; more are left to run time. */
  static final int MAX_ELEMENTS = 65_536;

  private final Node node;
  private final List<Optional<Tensor>> inputs;
  private final List<Value> outputs;

  private Folding(Node node, List<Optional<Tensor>> inputs, List<Value> outputs) {
    this.node = node;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Computes the only output of a node. */
  @FunctionalInterface
  interface Kernel {
    /**
     * Computes the output.
     *
     * @throws ArithmeticException where there is no such number, as in an integer division by zero
     */
    Tensor compute(Folding node);
  }

  /** Computes all outputs of a node. */
  @FunctionalInterface
  interface Kernels {
    /**
     * Computes the outputs, or an empty list for a case that is not covered.
     *
     * @throws ArithmeticException where there is no such number
     */
    List<Tensor> compute(Folding node);
  }

  /** A row of the operator table whose operator is computed by this kernel. */
  static OperatorSpec spec(String name, int since, ShapeInference inference, Kernel kernel) {
    return severalOutputs(name, since, inference, node -> List.of(kernel.compute(node)));
  }

  /** The same for an operator of several outputs, or with cases that are not covered. */
  static OperatorSpec severalOutputs(
      String name, int since, ShapeInference inference, Kernels kernels) {
    return new OperatorSpec(
        OperatorType.of(name), since, inference, evaluation(inference, kernels));
  }

  private static Evaluation evaluation(ShapeInference inference, Kernels kernels) {
    return (node, inputs) -> {
      try {
        if (!inputs.stream().allMatch(input -> input.map(Folding::isSmall).orElse(true))) {
          return List.of();
        }
        List<Value> outputs = infer(node, inputs, inference);
        if (!outputs.stream().allMatch(Folding::isSmall)) {
          return List.of();
        }
        if (outputs.stream().allMatch(Folding::isEmpty)) {
          return outputs.stream().map(Folding::empty).toList();
        }
        return kernels.compute(new Folding(node, inputs, outputs));
      } catch (ArithmeticException e) {
        return List.of();
      }
    };
  }

  private static List<Value> infer(
      Node node, List<Optional<Tensor>> inputs, ShapeInference inference) {
    Map<String, Tensor> constants = new HashMap<>();
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      String name = node.input(i);
      Optional<Tensor> tensor = inputs.get(i);
      tensor.ifPresent(constant -> constants.put(name, constant));
      values.add(
          tensor
              .map(constant -> new Value(name, constant.type(), constant.shape()))
              .orElse(Value.ABSENT));
    }
    Inference found = new Inference(node, values, name -> Optional.ofNullable(constants.get(name)));
    inference.infer(found);
    return found.result();
  }

  // Shape arithmetic never uses unsigned 64-bit integers, and they would need rules of their own.
  private static boolean isSmall(Tensor tensor) {
    return tensor.type() != ElementType.UINT64 && tensor.elements() <= MAX_ELEMENTS;
  }

  private static boolean isSmall(Value output) {
    Shape shape = output.shape();
    return output.type().bytes() > 0
        && output.type() != ElementType.UINT64
        && shape.isStatic()
        && shape.elements() <= MAX_ELEMENTS;
  }

  private static boolean isEmpty(Value output) {
    return output.shape().elements() == 0;
  }

  private static Tensor empty(Value output) {
    return Tensor.converted(output.type(), new long[0], output.shape().sizes());
  }

  Node node() {
    return node;
  }

  Attributes attributes() {
    return node.attributes();
  }

  int inputs() {
    return inputs.size();
  }

  int outputs() {
    return outputs.size();
  }

  boolean has(int input) {
    return input < inputs.size() && inputs.get(input).isPresent();
  }

  /**
   * An input that the operator requires.
   *
   * @throws ArithmeticException where it is not there, which leaves the node to run time
   */
  Tensor input(int index) {
    if (!has(index)) {
      throw new ArithmeticException(node.describe() + " has no input " + index);
    }
    return inputs.get(index).orElseThrow();
  }

  /** Type of the first output. */
  ElementType type() {
    return outputs.get(0).type();
  }

  /** Sizes of the first output. */
  long[] sizes() {
    return sizes(0);
  }

  /** Sizes of an output. */
  long[] sizes(int output) {
    return outputs.get(output).shape().sizes();
  }

  /** Number of elements of the first output. */
  int elements() {
    return Math.toIntExact(outputs.get(0).shape().elements());
  }

  /** The first output from integers. */
  Tensor result(long[] elements) {
    return Tensor.converted(type(), elements, sizes());
  }

  /** The first output from real numbers. */
  Tensor result(double[] elements) {
    return Tensor.converted(type(), elements, sizes());
  }

  /** An axis given by an attribute, counted from the first. */
  int axis(long otherwise, int rank) {
    long axis = attributes().integer("axis", otherwise);
    return (int) (axis < 0 ? axis + rank : axis);
  }
}
