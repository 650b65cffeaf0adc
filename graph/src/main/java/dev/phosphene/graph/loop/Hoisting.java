package dev.phosphene.graph.loop;

import dev.phosphene.graph.Attribute;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Renaming;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.loop.ScanBuilder.Sequence;
import dev.phosphene.graph.loop.ScanForm.Slices;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Moves nodes out of the body of a loop: those that are the same in every step are computed once,
 * and those that need slices of sequences but no state are computed for all steps at once, where
 * the operator has such a form (see {@link StackedOperators}). A step costs the runtime far more
 * than the arithmetic of small states, so that few nodes in a body are what makes a loop fast.
 */
final class Hoisting {
  private final Emitter graph;
  private final GraphBuilder body;
  private final long steps;
  private final Map<String, Sequence> sequences;

  /** Values of the body that are the same in every step, as values around it. */
  private final Map<String, Value> fixed = new HashMap<>();

  /** Values of the body that depend on a state, or on what cannot be hoisted. */
  private final Set<String> stepwise = new HashSet<>();

  private Map<String, Tensor> constants = Map.of();

  /**
   * A loop about to be written.
   *
   * @param graph around the loop
   * @param sequences that the body reads slices of, by the names of the slices
   */
  Hoisting(Emitter graph, GraphBuilder body, long steps, Map<String, Sequence> sequences) {
    this.graph = graph;
    this.body = body;
    this.steps = steps;
    this.sequences = new LinkedHashMap<>(sequences);
  }

  /** The nodes of a body that have to stay in it; the others are added around it. */
  List<Node> hoist(Graph loop) {
    constants = loop.constants();
    loop.inputs().stream()
        .map(Value::name)
        .filter(name -> !sequences.containsKey(name))
        .forEach(stepwise::add);
    List<Node> kept = new ArrayList<>();
    for (Node node : loop.nodes()) {
      if (!isMovable(node) || !move(node)) {
        stepwise.addAll(node.outputs());
        kept.add(node);
      }
    }
    Map<String, String> names = new HashMap<>();
    fixed.forEach((name, value) -> names.put(name, value.name()));
    names.keySet().removeAll(constants.keySet());
    kept.replaceAll(node -> Renaming.rename(node, names));
    return kept;
  }

  private boolean isMovable(Node node) {
    return node.attributes().values().values().stream()
            .noneMatch(attribute -> attribute instanceof Attribute.GraphValue)
        && node.inputs().stream().noneMatch(stepwise::contains)
        && !node.type().name().startsWith("Random")
        && !node.type().name().equals("Bernoulli")
        && !node.type().name().equals("Multinomial")
        && !node.type().name().equals("Dropout");
  }

  private boolean move(Node node) {
    List<Sequence> read =
        node.inputs().stream().filter(sequences::containsKey).map(sequences::get).toList();
    if (read.isEmpty()) {
      List<Value> outputs =
          graph.apply(
              node.type(),
              node.outputs().size(),
              node.attributes(),
              node.inputs().stream().map(this::around).toList());
      for (int i = 0; i < outputs.size(); i++) {
        if (!node.output(i).isEmpty()) {
          fixed.put(node.output(i), outputs.get(i));
        }
      }
      return true;
    }
    boolean isForward = read.stream().allMatch(each -> each.slices().equals(Slices.FORWARDS));
    boolean isBackward =
        read.stream().allMatch(each -> each.slices().equals(Slices.FORWARDS.reversed()));
    if (!isForward && !isBackward) {
      return false;
    }
    List<StackedOperators.Operand> operands = new ArrayList<>();
    for (String input : node.inputs()) {
      Sequence sequence = sequences.get(input);
      operands.add(
          sequence == null
              ? new StackedOperators.Operand(around(input), false)
              : new StackedOperators.Operand(sequence.whole().get(), true));
    }
    List<Value> inside = node.outputs().stream().map(body::value).toList();
    Optional<List<Value>> moved = new StackedOperators(graph, steps).apply(node, operands, inside);
    if (moved.isEmpty()) {
      return false;
    }
    for (int i = 0; i < inside.size(); i++) {
      Value whole = moved.get().get(i);
      Value slice = inside.get(i);
      if (slice.isPresent()) {
        sequences.put(slice.name(), new Sequence(slice, read.get(0).slices(), () -> whole));
      }
    }
    return true;
  }

  /** A value of the body that is the same in every step, as a value around it. */
  private Value around(String name) {
    Value value = fixed.get(name);
    if (value != null) {
      return value;
    }
    Tensor constant = constants.get(name);
    return constant == null ? body.value(name) : graph.constant(constant);
  }

  /** The sequences that the body may read now, by the names of their slices. */
  Map<String, Sequence> sequences() {
    return sequences;
  }

  /** What a node in the body has to read for this value. */
  String inside(String name) {
    Value value = fixed.get(name);
    return value == null ? name : value.name();
  }

  /** All steps of a value side by side, where the loop need not give them; absent otherwise. */
  Value stacked(Value each, Slices slices) {
    Sequence sequence = sequences.get(each.name());
    return sequence != null && sequence.slices().equals(slices)
        ? sequence.whole().get()
        : Value.ABSENT;
  }
}
