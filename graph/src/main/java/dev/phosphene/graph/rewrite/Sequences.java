package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Does away with sequences of tensors, as exporters write for lists that a loop fills or that a
 * split gives: whoever reads one reads the tensors that are known to be in it. A sequence that
 * somebody else needs is made of those tensors then.
 */
final class Sequences {
  private static final long LONGEST = 4096;

  private final GraphBuilder builder;
  private final Bodies.Visitor visitor;
  private final Map<String, List<String>> contents = new HashMap<>();

  Sequences(GraphBuilder builder, Bodies.Visitor visitor) {
    this.builder = builder;
    this.visitor = visitor;
  }

  /** Takes note of a sequence, or reads one; false where a node has to stay. */
  boolean resolve(Node node) {
    if (!node.type().domain().isEmpty()) {
      return false;
    }
    return switch (node.type().name()) {
      case "SequenceConstruct" -> note(node, node.inputs());
      case "SequenceEmpty" -> note(node, List.of());
      case "SplitToSequence" -> split(node);
      case "Identity", "SequenceInsert", "SequenceErase", "SequenceAt", "SequenceLength" ->
          known(node).map(tensors -> read(node, tensors)).orElse(false);
      case "ConcatFromSequence" ->
          known(node).map(tensors -> concatenate(node, tensors)).orElse(false);
      default -> false;
    };
  }

  private Optional<List<String>> known(Node node) {
    return Optional.ofNullable(contents.get(node.input(0)));
  }

  private boolean note(Node node, List<String> tensors) {
    if (tensors.size() > LONGEST) {
      return false;
    }
    contents.put(node.output(0), List.copyOf(tensors));
    return true;
  }

  private boolean read(Node node, List<String> tensors) {
    List<String> changed = new ArrayList<>(tensors);
    switch (node.type().name()) {
      case "Identity" -> {
        return note(node, tensors);
      }
      case "SequenceLength" -> {
        builder.constant(node.output(0), Tensor.scalar((long) tensors.size()));
        return true;
      }
      case "SequenceAt" -> {
        int at = position(node, 1, tensors.size(), tensors.size() - 1);
        if (at >= 0) {
          visitor.visitFor(
              node, "Identity", Attributes.none(), node.output(0), List.of(tensors.get(at)));
        }
        return at >= 0;
      }
      case "SequenceErase" -> {
        int at =
            node.hasInput(1)
                ? position(node, 1, tensors.size(), tensors.size() - 1)
                : tensors.size() - 1;
        if (at >= 0) {
          changed.remove(at);
        }
        return at >= 0 && note(node, changed);
      }
      default -> {
        int at =
            node.hasInput(2) ? position(node, 2, tensors.size(), tensors.size()) : tensors.size();
        if (at >= 0) {
          changed.add(at, node.input(1));
        }
        return at >= 0 && note(node, changed);
      }
    }
  }

  /** A position that is a constant, negative from the end; -1 where it is not known or beyond. */
  private int position(Node node, int input, int size, int largest) {
    Optional<Tensor> given = builder.constantOf(builder.value(node.input(input)));
    if (given.isEmpty() || given.get().elements() != 1) {
      return -1;
    }
    long position = given.get().getLong(0);
    position = position < 0 ? position + size : position;
    return position < 0 || position > largest ? -1 : (int) position;
  }

  private boolean concatenate(Node node, List<String> tensors) {
    if (tensors.isEmpty() || !node.attributes().has("axis")) {
      return false;
    }
    long axis = node.attributes().integer("axis", 0);
    List<String> parts = tensors;
    if (node.attributes().flag("new_axis", false)) {
      String axes = builder.constant(Tensor.vector(axis)).name();
      parts = new ArrayList<>();
      for (String tensor : tensors) {
        parts.add(add(node, "Unsqueeze", List.of(tensor, axes)));
      }
    }
    visitor.visitFor(node, "Concat", Attributes.of("axis", axis), node.output(0), parts);
    return true;
  }

  /** Pieces of the sizes given, of equal size with a smaller last one, or of one each. */
  private boolean split(Node node) {
    Value input = builder.value(node.input(0));
    long position = node.attributes().integer("axis", 0);
    if (!input.shape().isRankKnown() || position < -input.rank() || position >= input.rank()) {
      return false;
    }
    int axis = (int) (position < 0 ? position + input.rank() : position);
    Optional<long[]> sizes = sizes(node, input.size(axis));
    if (sizes.isEmpty()) {
      return false;
    }
    List<String> pieces = new ArrayList<>();
    for (int i = 0; i < sizes.get().length; i++) {
      pieces.add(builder.freshName(node.output(0) + "/piece"));
    }
    visitor.visit(
        new Node(
            node.name(),
            OperatorType.of("Split"),
            List.of(node.input(0), builder.constant(Tensor.vector(sizes.get())).name()),
            pieces,
            Attributes.of("axis", axis),
            node.metadata()),
        Map.of());
    if (!node.hasInput(1) && !node.attributes().flag("keepdims", true)) {
      String axes = builder.constant(Tensor.vector(axis)).name();
      pieces.replaceAll(piece -> add(node, "Squeeze", List.of(piece, axes)));
    }
    return note(node, pieces);
  }

  private Optional<long[]> sizes(Node node, long length) {
    Optional<Tensor> given =
        node.hasInput(1)
            ? builder.constantOf(builder.value(node.input(1)))
            : Optional.of(Tensor.scalar(1L));
    if (given.isEmpty() || length < 1) {
      return Optional.empty();
    }
    if (given.get().rank() == 1) {
      return Optional.of(given.get().toLongs()).filter(sizes -> sizes.length <= LONGEST);
    }
    long size = given.get().getLong(0);
    if (size < 1 || (length - 1) / size + 1 > LONGEST) {
      return Optional.empty();
    }
    long[] sizes = new long[(int) ((length - 1) / size + 1)];
    Arrays.fill(sizes, size);
    sizes[sizes.length - 1] = length - size * (sizes.length - 1);
    return Optional.of(sizes);
  }

  private String add(Node origin, String operator, List<String> inputs) {
    String output = builder.freshName(origin.output(0) + "/" + operator);
    visitor.visitFor(origin, operator, Attributes.none(), output, inputs);
    return output;
  }

  /** Makes those sequences among values that somebody else is about to read. */
  void make(Collection<String> values) {
    for (String value : values) {
      List<String> tensors = contents.get(value);
      if (tensors != null && !builder.defines(value)) {
        String operator = tensors.isEmpty() ? "SequenceEmpty" : "SequenceConstruct";
        builder.add(
            new Node(
                "",
                OperatorType.of(operator),
                tensors,
                List.of(value),
                Attributes.none(),
                Map.of()));
      }
    }
  }
}
