package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.NodeView;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * What a decomposition sees of one node. As an {@link Emitter} it writes the nodes that take the
 * node's place.
 */
public final class Composite implements NodeView {
  private final Node node;
  private final List<Value> inputs;
  private final Emitter target;

  /**
   * A node to be written as simpler ones.
   *
   * @param inputs what to read in the place of the node's inputs, an entry each
   * @param target where the simpler nodes go
   */
  public Composite(Node node, List<Value> inputs, Emitter target) {
    this.node = node;
    this.inputs = List.copyOf(inputs);
    this.target = target;
  }

  @Override
  public Node node() {
    return node;
  }

  public int inputs() {
    return inputs.size();
  }

  /** Whether the optional input at this position is there. */
  public boolean has(int input) {
    return input(input).isPresent();
  }

  /** An input, {@link Value#ABSENT} where it is not there. */
  @Override
  public Value input(int index) {
    return index < inputs.size() ? inputs.get(index) : Value.ABSENT;
  }

  /** Whether somebody reads the output at this position. */
  public boolean isAsked(int output) {
    return !node.output(output).isEmpty();
  }

  PhospheneException error(String problem, Throwable cause) {
    return new PhospheneException(node.describe() + ": " + problem, cause);
  }

  /** The output of one node of the standard domain that has several. */
  public List<Value> split(Value value, int axis, long... sizes) {
    if (sizes.length == 1) {
      return List.of(value);
    }
    return apply(
        OperatorType.of("Split"),
        sizes.length,
        Attributes.of("axis", axis),
        List.of(value, integers(sizes)));
  }

  /** Values one after the other along an axis; the value itself where there is only one. */
  public Value joined(int axis, List<Value> parts) {
    return parts.size() == 1 ? parts.get(0) : concatenate(axis, parts);
  }

  /** One matrix product with the last two axes of the second matrix exchanged. */
  public Value multiplyTransposed(Value a, Value b) {
    return matrixMultiply(a, exchangeLast(b));
  }

  /** A value with its last two axes exchanged. */
  public Value exchangeLast(Value value) {
    int[] order = new int[value.rank()];
    for (int axis = 0; axis < order.length; axis++) {
      order[axis] = axis;
    }
    order[order.length - 1] = order.length - 2;
    order[order.length - 2] = order.length - 1;
    return transpose(value, order);
  }

  /** How many elements a value has. */
  public long elements(Value value) {
    return Shape.elements(sizes(value));
  }

  @Override
  public List<Value> apply(
      OperatorType type, int outputs, Attributes attributes, List<Value> arguments) {
    return target.apply(type, outputs, attributes, arguments);
  }

  @Override
  public GraphBuilder body() {
    return target.body();
  }

  /** The same node, to be written into a body of one that takes its place. */
  Composite within(Emitter body) {
    return new Composite(node, inputs, body);
  }

  @Override
  public Value constant(Tensor tensor) {
    return target.constant(tensor);
  }

  @Override
  public Optional<Tensor> constantOf(Value value) {
    return target.constantOf(value);
  }
}
