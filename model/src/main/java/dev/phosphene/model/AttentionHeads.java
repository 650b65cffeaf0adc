package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.tensor.Shape;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Finds what each head of an attention gives: values weighted by a softmax, before heads are joined
 * (Vaswani et al. 2017, "Attention Is All You Need").
 */
final class AttentionHeads {
  private static final Set<String> PRODUCTS = Set.of("MatMul", "Einsum");

  /** Operators that may stand between the softmax and the product with the values. */
  private static final Set<String> PASSING =
      Set.of("Cast", "Identity", "Dropout", "Mul", "Where", "Reshape", "Transpose");

  private static final Set<String> FUSED =
      Set.of("Attention", "MultiHeadAttention", "GroupQueryAttention");

  private final Graph graph;
  private final Map<String, Heads> heads = new LinkedHashMap<>();

  /**
   * The heads of one attention.
   *
   * @param value what they give
   * @param axis that counts heads; where heads are joined, that of the joined ones
   * @param joined number of heads that the axis joins; empty where it counts heads
   */
  record Heads(String value, int axis, OptionalInt joined) {}

  AttentionHeads(Graph graph) {
    this.graph = graph;
    Set<String> weights = new HashSet<>();
    for (Node node : graph.nodes()) {
      String operator = node.type().name();
      if (operator.equals("Softmax")
          || (PASSING.contains(operator) && node.inputs().stream().anyMatch(weights::contains))) {
        weights.add(node.output(0));
      }
      find(node, weights.contains(node.input(0)))
          .ifPresent(found -> heads.put(found.value(), found));
    }
  }

  /** All heads, in the order of data. */
  Iterable<Heads> all() {
    return heads.values();
  }

  /** The last heads before a value; empty where another softmax or no attention is before it. */
  Optional<Heads> before(String value) {
    Deque<String> next = new ArrayDeque<>(Set.of(value));
    Set<String> seen = new HashSet<>();
    while (!next.isEmpty()) {
      String current = next.remove();
      if (heads.containsKey(current)) {
        return Optional.of(heads.get(current));
      }
      graph
          .producer(current)
          .filter(node -> !node.is("Softmax"))
          .ifPresent(node -> node.inputs().stream().filter(seen::add).forEach(next::add));
    }
    return Optional.empty();
  }

  private Optional<Heads> find(Node node, boolean weighs) {
    Shape shape = graph.value(node.output(0)).shape();
    if (!shape.isRankKnown() || shape.rank() < 3) {
      return Optional.empty();
    }
    if (FUSED.contains(node.type().name())) {
      return fused(node, shape);
    }
    if (!weighs || !PRODUCTS.contains(node.type().name())) {
      return Optional.empty();
    }
    OptionalInt axis = node.is("Einsum") ? sharedLetter(node) : OptionalInt.of(shape.rank() - 3);
    boolean several = axis.isPresent() && shape.size(axis.getAsInt()) > 1;
    return several
        ? Optional.of(new Heads(node.output(0), axis.getAsInt(), OptionalInt.empty()))
        : Optional.empty();
  }

  private static Optional<Heads> fused(Node node, Shape shape) {
    if (shape.rank() > 3) {
      return Optional.of(new Heads(node.output(0), 1, OptionalInt.empty()));
    }
    String count = node.type().domain().isEmpty() ? "q_num_heads" : "num_heads";
    long joined = node.attributes().integer(count, 0);
    boolean fits = joined > 0 && shape.size(2) > 0 && shape.size(2) % joined == 0;
    return fits
        ? Optional.of(new Heads(node.output(0), 2, OptionalInt.of((int) joined)))
        : Optional.empty();
  }

  /** The letter after the batch's that weights, values and result have: {@code acbe,aecd->abcd}. */
  private static OptionalInt sharedLetter(Node node) {
    String equation = node.attributes().text("equation", "").replaceAll("\\s", "");
    String[] sides = equation.split("->", -1);
    String[] terms = sides[0].split(",", -1);
    if (sides.length != 2 || terms.length != 2) {
      return OptionalInt.empty();
    }
    for (int axis = 1; axis < sides[1].length(); axis++) {
      char letter = sides[1].charAt(axis);
      if (letter != '.' && terms[0].indexOf(letter) >= 0 && terms[1].indexOf(letter) >= 0) {
        return OptionalInt.of(axis);
      }
    }
    return OptionalInt.empty();
  }
}
