package dev.phosphene.graph;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Known operators by type; immutable. */
public final class OperatorTable {
  private final Map<OperatorType, OperatorSpec> specs = new HashMap<>();

  /**
   * A table of these operators.
   *
   * @throws IllegalArgumentException where two are of one type
   */
  public OperatorTable(List<OperatorSpec> specs) {
    for (OperatorSpec spec : specs) {
      if (this.specs.put(spec.type(), spec) != null) {
        throw new IllegalArgumentException("Two specifications of operator " + spec.type());
      }
    }
  }

  public Optional<OperatorSpec> find(OperatorType type) {
    return Optional.ofNullable(specs.get(type));
  }

  public Collection<OperatorSpec> specs() {
    return List.copyOf(specs.values());
  }
}
