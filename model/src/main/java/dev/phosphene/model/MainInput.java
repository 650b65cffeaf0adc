package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds the input of a model that a person wants to look at. */
final class MainInput {
  private MainInput() {}

  /**
   * The input that most looks like a batch of pictures; in a model of text, that of tokens.
   *
   * @param model what messages call the model
   * @param held names of inputs whose values are given
   * @throws PhospheneException where no input takes numbers, or all that do are held
   */
  static Value of(Graph graph, String model, Set<String> held) {
    List<Value> free =
        graph.inputs().stream()
            .filter(input -> !held.contains(input.name()) && input.type() != ElementType.STRING)
            .toList();
    List<Value> floating = free.stream().filter(MainInput::isFloating).toList();
    return mostLikely(floating.stream().filter(input -> isPlain(graph, input)).toList())
        .or(() -> tokens(graph, free))
        .or(() -> mostLikely(floating))
        .or(() -> mostLikely(free))
        .orElseThrow(
            () ->
                new PhospheneException(
                    held.isEmpty()
                        ? "Model %s has no input of numbers: %s"
                            .formatted(
                                model,
                                graph.inputs().isEmpty() ? "it has no input" : graph.inputs())
                        : "All inputs of model %s were given a value; leave out the one to look at"
                            .formatted(model)));
  }

  private static boolean isFloating(Value input) {
    return input.type().isFloating() || input.type() == ElementType.UNKNOWN;
  }

  /** Whether an input is neither a mask nor tokens declared as floating-point numbers. */
  private static boolean isPlain(Graph graph, Value input) {
    return !input.name().toLowerCase(Locale.ROOT).contains("mask")
        && Embedding.of(graph, input.name()).isEmpty();
  }

  /** The input of tokens with the largest vocabulary: other tables tell segments or positions. */
  private static Optional<Value> tokens(Graph graph, List<Value> inputs) {
    Optional<Value> best = Optional.empty();
    long most = 0;
    for (Value input : inputs) {
      long entries = Embedding.of(graph, input.name()).map(Embedding::entries).orElse(0L);
      if (entries > most) {
        most = entries;
        best = Optional.of(input);
      }
    }
    return best;
  }

  private static Optional<Value> mostLikely(List<Value> inputs) {
    return inputs.stream().max(Comparator.comparingInt(MainInput::resemblance));
  }

  private static int resemblance(Value input) {
    if (!input.shape().isRankKnown()) {
      return 0;
    }
    int rank = input.shape().rank();
    int dimensions = rank == 4 ? 6 : rank == 3 || rank == 5 ? 4 : rank == 2 ? 2 : 0;
    boolean isPlain = rank > 1 && (isChannels(input, 1) || isChannels(input, rank - 1));
    return dimensions + (isPlain ? 1 : 0);
  }

  private static boolean isChannels(Value input, int axis) {
    long size = input.shape().size(axis);
    return size == 3 || size == 1 || size == 4;
  }
}
