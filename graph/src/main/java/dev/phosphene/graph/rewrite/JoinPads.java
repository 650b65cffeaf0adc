package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Joins values that are filled up with zeros and added, each where the others have zeros: what the
 * gradients of the parts into which a value is taken apart become, such as those of queries, keys
 * and values.
 */
public final class JoinPads implements Rewrite {
  /** A value behind a padding along one axis. */
  private record Part(String value, int axis, long start, long length) {
    long end() {
      return start + length;
    }
  }

  @Override
  public boolean apply(Node node, Draft draft) {
    Value sum = node.is("Add") ? draft.inferred(node) : Value.ABSENT;
    if (!sum.isPresent() || !sum.shape().isStatic()) {
      return false;
    }
    List<Part> parts = new ArrayList<>();
    if (!collect(node, draft, parts)) {
      return false;
    }
    int axis = parts.get(0).axis();
    parts.sort(Comparator.comparingLong(Part::start));
    long end = 0;
    for (Part part : parts) {
      if (part.axis() != axis || part.start() != end) {
        return false;
      }
      end = part.end();
    }
    if (end != sum.size(axis)) {
      return false;
    }
    Value[] values = parts.stream().map(part -> draft.value(part.value())).toArray(Value[]::new);
    draft.give(node, "Concat", Attributes.of("axis", axis), values);
    return true;
  }

  /** Collects the padded values that a sum consists of; false where anything else is added. */
  private static boolean collect(Node sum, Draft draft, List<Part> parts) {
    for (String input : sum.inputs()) {
      Optional<Node> producer = draft.producer(input).filter(node -> draft.isReadOnce(input));
      Optional<Part> part = producer.flatMap(node -> part(node, draft));
      if (part.isPresent()) {
        parts.add(part.get());
      } else if (producer.filter(node -> node.is("Add")).isEmpty()
          || !collect(producer.get(), draft, parts)) {
        return false;
      }
    }
    return true;
  }

  private static Optional<Part> part(Node node, Draft draft) {
    if (!node.is("Pad")
        || node.hasInput(3)
        || !node.attributes().text("mode", "constant").equals("constant")
        || !draft.value(node.input(0)).shape().isStatic()
        || !isZero(node.input(2), draft)) {
      return Optional.empty();
    }
    Optional<Tensor> constant = draft.constantOf(node.input(1));
    if (constant.isEmpty()) {
      return Optional.empty();
    }
    long[] pads = constant.get().toLongs();
    Value value = draft.value(node.input(0));
    int padded = -1;
    for (int axis = 0; axis < value.rank(); axis++) {
      long begin = pads[axis];
      long end = pads[axis + value.rank()];
      if (begin < 0 || end < 0 || (padded >= 0 && begin + end > 0)) {
        return Optional.empty();
      }
      padded = begin + end > 0 ? axis : padded;
    }
    return padded < 0
        ? Optional.empty()
        : Optional.of(new Part(value.name(), padded, pads[padded], value.size(padded)));
  }

  private static boolean isZero(String value, Draft draft) {
    return value.isEmpty()
        || draft
            .constantOf(value)
            .filter(constant -> constant.elements() == 1 && constant.getDouble(0) == 0)
            .isPresent();
  }
}
