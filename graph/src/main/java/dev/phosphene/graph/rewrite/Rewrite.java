package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Node;

/** Replaces a node, seen with the nodes before it, by something simpler that computes the same. */
public interface Rewrite {
  /**
   * Rewrites a node if it can: gives every output of it by {@link Draft#give} or {@link
   * Draft#redirect}.
   *
   * @param node the next node of the graph
   * @param draft the new graph up to this node
   * @return whether it did; if not, it has changed nothing
   */
  boolean apply(Node node, Draft draft);

  /** How messages and options call it. */
  default String name() {
    return getClass().getSimpleName();
  }
}
