package dev.phosphene.graph;

/**
 * The kind of a node: an operator's name within a domain.
 *
 * @param domain empty for the ONNX standard domain, else such as {@code com.microsoft}
 * @param name as the operator's specification spells it, such as {@code Conv}
 */
public record OperatorType(String domain, String name) {
  public OperatorType {
    domain = domain.equals("ai.onnx") ? "" : domain;
    if (name.isEmpty()) {
      throw new PhospheneException("A node has no operator; the model file is damaged");
    }
  }

  /** An operator of the ONNX standard domain. */
  public static OperatorType of(String name) {
    return new OperatorType("", name);
  }

  @Override
  public String toString() {
    return domain.isEmpty() ? name : domain + "." + name;
  }
}
