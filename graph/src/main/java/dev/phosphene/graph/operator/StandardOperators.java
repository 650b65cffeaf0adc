package dev.phosphene.graph.operator;

import dev.phosphene.graph.OperatorTable;
import java.util.List;
import java.util.stream.Stream;

/** The table of standard operators, in the forms of operator set 21. */
public final class StandardOperators {
  private static final OperatorTable TABLE =
      new OperatorTable(Stream.of(Elementwise.specs()).flatMap(List::stream).toList());

  private StandardOperators() {}

  public static OperatorTable table() {
    return TABLE;
  }
}
