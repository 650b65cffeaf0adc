package dev.phosphene.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One application of an operator.
 *
 * @param name as the model calls it, may be empty and need not be unique
 * @param inputs names of values, empty for an optional input that is not there
 * @param outputs names of values, empty for an optional output that nobody wants
 * @param metadata notes that travel with the node, see {@link Metadata}
 */
public record Node(
    String name,
    OperatorType type,
    List<String> inputs,
    List<String> outputs,
    Attributes attributes,
    Map<String, String> metadata) {

  /** Keys of {@link Node#metadata}. */
  public static final class Metadata {
    /** On a gradient node: name of the forward node that it belongs to. */
    public static final String FORWARD = "phosphene.forward";

    /** On a gradient node: the operator whose gradient rule made it. */
    public static final String RULE = "phosphene.rule";

    /** On a node that a model file had: version of the operator set that it was written for. */
    public static final String OPERATOR_SET = "phosphene.opset";

    private Metadata() {}
  }

  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  public boolean is(String standardOperator) {
    return type.domain().isEmpty() && type.name().equals(standardOperator);
  }

  /** Name of the input at this position, empty where it is not there. */
  public String input(int index) {
    return index < inputs.size() ? inputs.get(index) : "";
  }

  public boolean hasInput(int index) {
    return !input(index).isEmpty();
  }

  /** Name of the output at this position, empty where nobody wants it. */
  public String output(int index) {
    return index < outputs.size() ? outputs.get(index) : "";
  }

  /** How messages point at this node: {@code Conv (node "/layer1/conv1/Conv", opset 17)}. */
  public String describe() {
    String known = name.isEmpty() ? "giving \"" + output(0) + '"' : "node \"" + name + '"';
    String version = metadata.get(Metadata.OPERATOR_SET);
    return type + " (" + known + (version == null ? "" : ", opset " + version) + ")";
  }

  public Node withName(String other) {
    return other.equals(name) ? this : new Node(other, type, inputs, outputs, attributes, metadata);
  }

  public Node withInputs(List<String> others) {
    return new Node(name, type, others, outputs, attributes, metadata);
  }

  public Node withAttributes(Attributes others) {
    return new Node(name, type, inputs, outputs, others, metadata);
  }

  @Override
  public String toString() {
    String arguments = attributes.values().isEmpty() ? "" : " {" + attributes + "}";
    return String.join(", ", outputs)
        + " = "
        + type
        + "("
        + String.join(", ", inputs)
        + ")"
        + arguments;
  }
}
