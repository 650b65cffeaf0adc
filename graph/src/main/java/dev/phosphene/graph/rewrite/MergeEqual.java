package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Node;
import java.util.Optional;

/** Computes once what nodes with the same operator, attributes and inputs compute. */
public final class MergeEqual implements Rewrite {
  @Override
  public boolean apply(Node node, Draft draft) {
    Optional<String> earlier =
        node.outputs().size() == 1 && !draft.isKept(node.output(0))
            ? draft.computed(node)
            : Optional.empty();
    earlier.ifPresent(value -> draft.redirect(node.output(0), value));
    return earlier.isPresent();
  }
}
