package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Node;

/** Computes an operator in the blocked layout. */
@FunctionalInterface
interface BlockedOperator {
  /**
   * Writes a node in the blocked layout if that can be done and is worth it.
   *
   * @param node of the graph as it was
   * @return whether its output now is there; if not, nothing has changed
   */
  boolean apply(Node node, BlockedDraft draft);
}
