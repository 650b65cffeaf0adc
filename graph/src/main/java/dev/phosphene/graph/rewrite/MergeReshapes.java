package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** Makes one Reshape of two nodes in a row that only give the same elements another shape. */
public final class MergeReshapes implements Rewrite {
  private static final Set<String> RESHAPING = Set.of("Reshape", "Flatten", "Squeeze", "Unsqueeze");

  @Override
  public boolean apply(Node node, Draft draft) {
    Optional<Node> before = draft.producer(node.input(0)).filter(MergeReshapes::reshapes);
    if (!reshapes(node) || before.isEmpty()) {
      return false;
    }
    Value result = draft.inferred(node);
    boolean writable =
        result.shape().isStatic()
            && Arrays.stream(result.shape().sizes()).allMatch(size -> size > 0);
    if (!writable) {
      return false;
    }
    draft.give(
        node,
        "Reshape",
        Attributes.none(),
        draft.value(before.get().input(0)),
        draft.integers(result.shape().sizes()));
    return true;
  }

  private static boolean reshapes(Node node) {
    return node.type().domain().isEmpty() && RESHAPING.contains(node.type().name());
  }
}
