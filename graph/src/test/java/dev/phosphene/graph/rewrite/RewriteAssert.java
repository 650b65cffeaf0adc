package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.Verification;
import dev.phosphene.graph.operator.StandardOperators;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.assertj.core.api.Assertions;

/** Before/after pictures of rewrites: {@code assertThat(rewrite).on(...).becomes(...)}. */
final class RewriteAssert {
  private final Simplification simplification;
  private final List<String> asked = new ArrayList<>();
  private Graph before;

  private RewriteAssert(Simplification simplification) {
    this.simplification = simplification;
    this.before = new GraphBuilder(StandardOperators.table()).build(List.of());
  }

  static RewriteAssert assertThat(Rewrite... rewrites) {
    return assertThat(new Simplification(List.of(rewrites)));
  }

  static RewriteAssert assertThat(Simplification simplification) {
    return new RewriteAssert(simplification);
  }

  /** A graph whose output is {@code y}. */
  RewriteAssert on(Consumer<GraphBuilder> picture) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    picture.accept(builder);
    before = builder.build(List.of("y"));
    return this;
  }

  RewriteAssert asking(String... names) {
    asked.addAll(Arrays.asList(names));
    return this;
  }

  /** Compares the nodes of the rewritten graph, a line each, and verifies it. */
  Graph becomes(String expected) {
    Graph after = simplification.apply(before, asked, StandardOperators.table());
    String nodes = after.nodes().stream().map(Node::toString).collect(Collectors.joining("\n"));
    Assertions.assertThat(nodes)
        .as("before:\n%safter:\n%s", before, after)
        .isEqualTo(expected.strip());
    Verification.verify(after, StandardOperators.table());
    Assertions.assertThat(after.value("y")).isEqualTo(before.value("y"));
    return after;
  }

  void staysAsItIs() {
    String nodes = before.nodes().stream().map(Node::toString).collect(Collectors.joining("\n"));
    becomes(nodes);
  }

  /** Adds a node named after its output. */
  static Value node(
      GraphBuilder builder,
      String output,
      String operator,
      Attributes attributes,
      Value... inputs) {
    List<String> names = Arrays.stream(inputs).map(Value::name).toList();
    return builder
        .add(
            new Node(
                output, OperatorType.of(operator), names, List.of(output), attributes, Map.of()))
        .get(0);
  }

  static Value node(GraphBuilder builder, String output, String operator, Value... inputs) {
    return node(builder, output, operator, Attributes.none(), inputs);
  }
}
