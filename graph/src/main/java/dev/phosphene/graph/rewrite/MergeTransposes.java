package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Node;
import java.util.Optional;

/** Makes one Transpose of two in a row; where they cancel, nothing is left of them. */
public final class MergeTransposes implements Rewrite {
  @Override
  public boolean apply(Node node, Draft draft) {
    if (!node.is("Transpose")) {
      return false;
    }
    Optional<Permutation.Transposed> before = Permutation.behind(node.input(0), draft);
    Optional<Permutation> order = Permutation.of(node, draft);
    if (before.isEmpty() || order.isEmpty() || before.get().order().rank() != order.get().rank()) {
      return false;
    }
    Permutation merged = before.get().order().then(order.get());
    if (merged.isIdentity() && !draft.isKept(node.output(0))) {
      draft.redirect(node.output(0), before.get().source().name());
    } else {
      draft.give(node, "Transpose", merged.attributes(), before.get().source());
    }
    return true;
  }
}
