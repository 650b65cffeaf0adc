package dev.phosphene.model.onnx;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import java.util.List;
import java.util.Map;

/**
 * Parts of a model that the intermediate representation cannot hold, such as constants of text or
 * of 4-bit numbers. They become nodes of a domain of their own, which do no harm until someone
 * needs what they give.
 */
final class Unreadable {
  private static final String DOMAIN = "dev.phosphene.unreadable";

  private static final String REASON = "reason";

  private Unreadable() {}

  /** A node that stands for a constant that cannot be read. */
  static Node constant(String name, String what) {
    return node(name, "Constant", List.of(), List.of(name), "the constant is " + what);
  }

  /** A node that stands for one with something in it that cannot be read. */
  static Node node(
      String name, String operator, List<String> inputs, List<String> outputs, String reason) {
    return new Node(
        name,
        new OperatorType(DOMAIN, operator),
        inputs,
        outputs,
        Attributes.of(REASON, reason),
        Map.of());
  }

  static boolean is(Node node) {
    return node.type().domain().equals(DOMAIN);
  }

  /** Why a node cannot be used, naming it. */
  static String describe(Node node) {
    return "%s \"%s\" cannot be used: %s"
        .formatted(
            node.type().name(),
            node.name().isEmpty() ? node.output(0) : node.name(),
            node.attributes().text(REASON, "it could not be read"));
  }
}
