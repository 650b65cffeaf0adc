package dev.phosphene.gradient;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The rules by which a graph is differentiated; immutable. A {@link BackpropModifier} (guided,
 * rectified, a user's own) makes a table in which some rules were exchanged.
 */
public final class GradientRules {
  private final Map<OperatorType, GradientEntry> entries;
  private final List<Exchange> exchanges;

  /** A rule that takes the place of the table's for some nodes. */
  private record Exchange(Predicate<Node> nodes, GradientRule rule) {}

  private GradientRules(Map<OperatorType, GradientEntry> entries, List<Exchange> exchanges) {
    this.entries = entries;
    this.exchanges = exchanges;
  }

  /**
   * A table of these rows.
   *
   * @throws IllegalArgumentException where two are for one operator
   */
  public static GradientRules of(List<GradientEntry> rows) {
    Map<OperatorType, GradientEntry> entries = new LinkedHashMap<>();
    for (GradientEntry row : rows) {
      if (entries.put(row.type(), row) != null) {
        throw new IllegalArgumentException("Two gradient rules for operator " + row.type());
      }
    }
    return new GradientRules(entries, List.of());
  }

  /** These rules, with another one for every node of an operator of the standard domain. */
  public GradientRules with(String operator, GradientRule rule) {
    return with(node -> node.is(operator), rule);
  }

  /** These rules, with another one for some nodes. Where several match, the latest counts. */
  public GradientRules with(Predicate<Node> nodes, GradientRule rule) {
    List<Exchange> more = new ArrayList<>(exchanges);
    more.add(0, new Exchange(nodes, rule));
    return new GradientRules(entries, List.copyOf(more));
  }

  /** The rule for a node; empty where there is none. */
  public Optional<GradientRule> find(Node node) {
    for (Exchange exchange : exchanges) {
      if (exchange.nodes().test(node)) {
        return Optional.of(exchange.rule());
      }
    }
    return Optional.ofNullable(entries.get(node.type())).map(GradientEntry::rule);
  }

  /**
   * The rule for a node.
   *
   * @throws MissingGradientRuleException where there is none
   */
  public GradientRule rule(Node node) {
    return find(node).orElseThrow(() -> new MissingGradientRuleException(node));
  }

  /** Whether a node's gradient passes integers that it gives, as if nothing had been rounded. */
  public boolean isStraightThrough(Node node) {
    GradientEntry entry = entries.get(node.type());
    return entry != null && entry.flow() == GradientEntry.Flow.STRAIGHT_THROUGH;
  }

  /** All rows of the table, exchanged rules not counted. */
  public Collection<GradientEntry> entries() {
    return List.copyOf(entries.values());
  }
}
