package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where whole numbers of an input become numbers that gradients flow to: the rows that tokens
 * choose from a table of weights, or the input converted to floating-point numbers.
 *
 * @param input name of the graph's input
 * @param output name of the first floating-point value that carries what the input holds, before
 *     anything is added to it
 * @param shape of that value: for tokens {@code [N, T, D]}
 * @param table name of the constant whose rows are chosen, {@code [entries, D]}; empty where the
 *     input is only converted
 * @param entries number of rows of the table; 0 where the input is only converted
 */
public record Embedding(String input, String output, Shape shape, String table, long entries) {
  /** Operators that give the elements of their first input, in another place or type. */
  private static final Set<String> MOVING =
      Set.of(
          "Identity",
          "Cast",
          "Reshape",
          "Squeeze",
          "Unsqueeze",
          "Flatten",
          "Transpose",
          "Slice",
          "Expand",
          "Clip");

  /** Operators through which tokens are still tokens: shifted, or exchanged where unknown. */
  private static final Set<String> CHANGING =
      Set.of("Where", "Max", "Min", "Add", "Sub", "Mul", "Mod", "Concat", "Pad", "Abs", "Neg");

  /** Chooses rows of few bits and scales them. */
  private static final OperatorType PACKED_LOOKUP =
      new OperatorType("com.microsoft", "GatherBlockQuantized");

  /** Steps from a table to the Gather that reads it: a cast, a transposition. */
  private static final int STEPS_FROM_TABLE = 4;

  /**
   * Finds the embedding of an input.
   *
   * @return empty where the input does not lead to any; for an input of floating-point numbers, as
   *     Keras declares those of tokens too, only a table counts
   */
  public static Optional<Embedding> of(Graph graph, String input) {
    Optional<Embedding> moved = follow(graph, input, false);
    boolean isFound = moved.isPresent() && moved.get().isLookup();
    return isFound || graph.value(input).type().isFloating()
        ? moved
        : follow(graph, input, true).filter(Embedding::isLookup).or(() -> moved);
  }

  /** Whether rows of a table are chosen, as tokens do it. */
  public boolean isLookup() {
    return entries > 0;
  }

  private static Optional<Embedding> follow(Graph graph, String input, boolean changed) {
    boolean floating = graph.value(input).type().isFloating();
    Set<String> carrying = new HashSet<>(Set.of(input));
    Optional<Embedding> conversion = Optional.empty();
    for (Node node : graph.nodes()) {
      int place = place(node, carrying);
      if (place < 0 || !(node.type().domain().isEmpty() || node.type().equals(PACKED_LOOKUP))) {
        continue;
      }
      Optional<Embedding> lookup = place == 1 ? lookup(graph, input, node) : Optional.empty();
      if (lookup.isPresent()) {
        return lookup;
      }
      if (place == 0 && !floating && conversion.isEmpty() && isConversion(graph, node)) {
        String output = node.output(0);
        conversion = Optional.of(new Embedding(input, output, graph.value(output).shape(), "", 0));
      }
      String operator = node.type().name();
      if ((place == 0 && MOVING.contains(operator)) || (changed && CHANGING.contains(operator))) {
        carrying.addAll(node.outputs());
      }
    }
    return conversion;
  }

  /** At which input a node reads one of these values; -1 where it reads none. */
  private static int place(Node node, Set<String> values) {
    for (int i = 0; i < node.inputs().size(); i++) {
      if (!node.input(i).isEmpty() && values.contains(node.input(i))) {
        return i;
      }
    }
    return -1;
  }

  private static Optional<Embedding> lookup(Graph graph, String input, Node node) {
    if (node.type().equals(PACKED_LOOKUP)) {
      return packedLookup(graph, input, node);
    }
    if (!node.is("Gather") || node.attributes().integer("axis", 0) != 0) {
      return Optional.empty();
    }
    return table(graph, node.input(0))
        .map(
            name -> {
              Tensor table = graph.constants().get(name);
              String output = node.output(0);
              Shape rows = graph.value(node.input(0)).shape();
              boolean isMatrix = rows.isRankKnown() && rows.rank() == 2;
              Shape shape =
                  isMatrix && node.input(1).equals(input)
                      ? appended(graph.value(input), rows.dimension(1))
                      : graph.value(output).shape();
              long entries = rows.isRankKnown() ? rows.size(0) : table.sizes()[0];
              return new Embedding(input, output, shape, name, Math.max(1, entries));
            });
  }

  /** A table of few bits, of which the runtime chooses and scales rows in one operator. */
  private static Optional<Embedding> packedLookup(Graph graph, String input, Node node) {
    Tensor table = graph.constants().get(node.input(0));
    if (table == null || table.rank() < 2 || node.attributes().integer("gather_axis", 0) != 0) {
      return Optional.empty();
    }
    String output = node.output(0);
    Shape shape = graph.value(output).shape();
    long entries = Math.max(1, table.sizes()[0]);
    return Optional.of(new Embedding(input, output, shape, node.input(0), entries));
  }

  private static Shape appended(Value input, Dimension last) {
    if (!input.shape().isRankKnown()) {
      return Shape.unknown();
    }
    List<Dimension> dimensions = new ArrayList<>(input.shape().dimensions());
    dimensions.add(last);
    return Shape.of(dimensions);
  }

  /** The floating-point constant that a value is, perhaps converted or transposed. */
  private static Optional<String> table(Graph graph, String value) {
    String name = value;
    for (int step = 0; step < STEPS_FROM_TABLE; step++) {
      Tensor constant = graph.constants().get(name);
      if (constant != null) {
        boolean isTable = constant.type().isFloating() || step > 0; // quantized tables are integers
        return isTable && constant.rank() > 1 ? Optional.of(name) : Optional.empty();
      }
      Optional<Node> producer = graph.producer(name);
      if (producer.isEmpty()
          || !(MOVING.contains(producer.get().type().name())
              || producer.get().is("DequantizeLinear"))) {
        return Optional.empty();
      }
      name = producer.get().input(0);
    }
    return Optional.empty();
  }

  private static boolean isConversion(Graph graph, Node node) {
    return (node.is("Cast") || node.is("OneHot") || node.is("DequantizeLinear"))
        && graph.value(node.output(0)).type().isFloating()
        && graph.value(node.input(0)).type() != ElementType.BOOL;
  }
}
