package dev.phosphene.graph.operator;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.ElementType;
import java.util.List;

/** Conversions of element types. */
final class Casting {
  private Casting() {}

  static List<OperatorSpec> specs() {
    return List.of(
        Folding.spec("Cast", 21, Casting::cast, Arithmetic::cast),
        Folding.spec(
            "CastLike", 21, node -> node.output(0, node.type(1), node.shape(0)), Arithmetic::cast));
  }

  private static void cast(Inference node) {
    if (!node.attributes().has("to")) {
      throw node.error("attribute \"to\" is missing");
    }
    node.output(0, type(node, "to", ElementType.UNKNOWN), node.shape(0));
  }

  /** The element type that an attribute names by its number in ONNX. */
  static ElementType type(Inference node, String attribute, ElementType otherwise) {
    return node.attributes().has(attribute)
        ? Emitter.elementType(node.attributes().integer(attribute, 0))
        : otherwise;
  }

  /** The type that the inputs from one position to another (exclusive) have in common. */
  static ElementType commonType(Inference node, int first, int end) {
    ElementType common = ElementType.UNKNOWN;
    for (int i = first; i < end; i++) {
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
