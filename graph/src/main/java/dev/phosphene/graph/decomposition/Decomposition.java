package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Value;
import java.util.List;

/** Writes one composite operator as nodes of simpler ones. */
@FunctionalInterface
public interface Decomposition {
  /**
   * Writes the nodes.
   *
   * @return an entry an output, {@link Value#ABSENT} for outputs through which no gradient flows or
   *     that nobody asked for; outputs at the end may be left out
   * @throws dev.phosphene.graph.PhospheneException where the node has a form that is not covered;
   *     the message says which
   */
  List<Value> decompose(Composite composite);
}
