package dev.phosphene.graph;

import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What shape inference of one node sees, and where it puts what it found. */
public final class Inference {
  private final Node node;
  private final List<Value> inputs;
  private final Function<String, Optional<Tensor>> constants;
  private final List<Value> outputs;

  /**
   * Prepares the inference of one node.
   *
   * @param inputs an entry an input, {@link Value#ABSENT} where it is not there
   * @param constants contents of values that are constants
   */
  public Inference(Node node, List<Value> inputs, Function<String, Optional<Tensor>> constants) {
    this.node = node;
    this.inputs = List.copyOf(inputs);
    this.constants = constants;
    this.outputs = new ArrayList<>();
    for (String name : node.outputs()) {
      outputs.add(new Value(name, ElementType.UNKNOWN, Shape.unknown()));
    }
  }

  public Node node() {
    return node;
  }

  public Attributes attributes() {
    return node.attributes();
  }

  public int inputs() {
    return inputs.size();
  }

  public int outputs() {
    return outputs.size();
  }

  public boolean has(int input) {
    return input < inputs.size() && inputs.get(input).isPresent();
  }

  /** An input, {@link Value#ABSENT} where it is not there. */
  public Value input(int index) {
    return index < inputs.size() ? inputs.get(index) : Value.ABSENT;
  }

  public ElementType type(int input) {
    return input(input).type();
  }

  public Shape shape(int input) {
    return input(input).shape();
  }

  /** Content of an input that is a constant. */
  public Optional<Tensor> constant(int input) {
    return has(input) ? constants.apply(inputs.get(input).name()) : Optional.empty();
  }

  /** Sets what was found of an output; outputs beyond those that the node has are ignored. */
  public void output(int index, ElementType type, Shape shape) {
    if (index < outputs.size()) {
      outputs.set(index, new Value(outputs.get(index).name(), type, shape));
    }
  }

  /** The outputs as far as they were inferred. */
  public List<Value> result() {
    return List.copyOf(outputs);
  }

  /** An error that points at this node. */
  public PhospheneException error(String problem) {
    return new PhospheneException(node.describe() + ": " + problem);
  }
}
