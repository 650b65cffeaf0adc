package dev.phosphene.graph.loop;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.loop.ScanForm.Slices;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Writes a Scan: declare states and sequences, add nodes to {@link #body()}, say what becomes of
 * them, {@link #finish()}. A running sum of a sequence {@code [T, N]} of T steps:
 *
 * <pre>{@code
 * ScanBuilder scan = new ScanBuilder(graph, T);
 * Value state = scan.state(zeros);
 * Value sum = scan.body().add(state, scan.slice(sequence, Slices.FORWARDS));
 * scan.next(state, sum);
 * scan.stack(sum, Slices.FORWARDS);
 * List<Value> results = scan.finish(); // the last sum, and all of them
 * }</pre>
 */
public final class ScanBuilder {
  private final Emitter graph;
  private final long steps;
  private final GraphBuilder body;
  private final List<State> states = new ArrayList<>();
  private final Map<String, Value> nextStates = new HashMap<>();
  private final Map<String, Sequence> sequences = new LinkedHashMap<>();
  private final List<Stack> stacks = new ArrayList<>();

  private record State(Value initial, Value inside) {}

  /**
   * A sequence that the body reads slices of.
   *
   * @param inside the slice of a step
   * @param whole all of it; asked for only where a slice is read
   */
  record Sequence(Value inside, Slices slices, Supplier<Value> whole) {}

  private record Stack(Value each, Slices slices) {}

  /**
   * A loop without states and sequences.
   *
   * @param graph in which it will be
   * @param steps how often its body runs, the length of all sequences
   */
  public ScanBuilder(Emitter graph, long steps) {
    this.graph = graph;
    this.steps = steps;
    this.body = graph.body();
  }

  /** Where the nodes of one step go. */
  public GraphBuilder body() {
    return body;
  }

  /**
   * Declares a state.
   *
   * @param initial before the first step
   * @return what a step finds
   */
  public Value state(Value initial) {
    String name = body.freshName("state");
    Value inside = body.input(name, initial.type(), initial.shape());
    states.add(new State(initial, inside));
    nextStates.put(name, inside);
    return inside;
  }

  /**
   * Declares a sequence.
   *
   * @return the slice that a step reads
   */
  public Value slice(Value whole, Slices slices) {
    Shape shape = slices.slice(whole.shape());
    return slice(new Value(whole.name(), whole.type(), shape), slices, () -> whole);
  }

  /**
   * Declares a sequence that is made only where a slice of it is read.
   *
   * @param like of a slice's type and shape
   */
  public Value slice(Value like, Slices slices, Supplier<Value> whole) {
    Value inside = body.input(body.freshName("slice"), like.type(), like.shape());
    sequences.put(inside.name(), new Sequence(inside, slices, whole));
    return inside;
  }

  /** Says what the next step finds as a state; without this, what the step before found. */
  public void next(Value state, Value next) {
    nextStates.put(state.name(), next);
  }

  /** Declares a result: a value of every step, side by side along an axis. */
  public void stack(Value each, Slices slices) {
    stacks.add(new Stack(each, slices));
  }

  /** Adds the loop to the graph: the last states, then the stacks, in the order declared. */
  public List<Value> finish() {
    List<String> results = new ArrayList<>();
    states.forEach(state -> results.add(nextStates.get(state.inside().name()).name()));
    stacks.forEach(stack -> results.add(stack.each().name()));
    Graph whole = body.build(results).reaching(results);
    Hoisting hoisting = new Hoisting(graph, body, steps, sequences);
    List<Node> nodes = new ArrayList<>(hoisting.hoist(whole));

    List<Value> found = new ArrayList<>();
    List<Stack> kept = new ArrayList<>();
    for (Stack stack : stacks) {
      Value computed = hoisting.stacked(stack.each(), stack.slices());
      found.add(computed);
      if (!computed.isPresent()) {
        kept.add(stack);
      }
    }
    Outputs outputs = new Outputs(nodes, hoisting);
    states.forEach(state -> outputs.give(nextStates.get(state.inside().name())));
    kept.forEach(stack -> outputs.give(stack.each()));
    List<Value> loop =
        outputs.names.isEmpty() ? List.of() : write(nodes, outputs.names, kept, hoisting, whole);
    List<Value> all = new ArrayList<>(loop.subList(0, states.size()));
    int position = states.size();
    for (Value value : found) {
      all.add(value.isPresent() ? value : loop.get(position++));
    }
    return all;
  }

  /** The outputs of the body: each of them is made by a node of its own. */
  private final class Outputs {
    private final List<String> names = new ArrayList<>();
    private final List<Node> nodes;
    private final Hoisting hoisting;
    private final Set<String> made = new HashSet<>();

    Outputs(List<Node> nodes, Hoisting hoisting) {
      this.nodes = nodes;
      this.hoisting = hoisting;
      nodes.forEach(node -> made.addAll(node.outputs()));
    }

    void give(Value value) {
      if (made.remove(value.name())) {
        names.add(value.name());
        return;
      }
      Value copy = body.apply("Identity", value);
      nodes.add(body.lastNode().withInputs(List.of(hoisting.inside(value.name()))));
      names.add(copy.name());
    }
  }

  private List<Value> write(
      List<Node> nodes, List<String> outputs, List<Stack> kept, Hoisting hoisting, Graph whole) {
    Set<String> read = new LinkedHashSet<>();
    nodes.forEach(node -> read.addAll(Graph.reads(node)));
    List<Value> inputs = new ArrayList<>();
    List<Value> arguments = new ArrayList<>();
    for (State state : states) {
      inputs.add(state.inside());
      arguments.add(state.initial());
    }
    List<Slices> slices = new ArrayList<>();
    for (String name : read) {
      Sequence sequence = hoisting.sequences().get(name);
      if (sequence != null) {
        inputs.add(sequence.inside());
        arguments.add(sequence.whole().get());
        slices.add(sequence.slices());
      }
    }
    if (slices.isEmpty()) { // a Scan knows its number of steps by a sequence only
      Tensor counted = Tensor.of(new float[Math.toIntExact(steps)], steps);
      inputs.add(body.input(body.freshName("slice"), counted.type(), Shape.scalar()));
      arguments.add(graph.constant(counted));
      slices.add(Slices.FORWARDS);
    }
    Map<String, Tensor> constants = new LinkedHashMap<>(whole.constants());
    constants.keySet().retainAll(read);
    List<Value> known = new ArrayList<>(whole.values());
    outputs.forEach(output -> known.add(body.value(output)));
    List<Slices> given = kept.stream().map(Stack::slices).toList();
    Attributes attributes =
        Attributes.of(
            "body",
            new Graph(inputs, outputs, nodes, constants, known),
            "num_scan_inputs",
            slices.size(),
            "scan_input_axes",
            axes(slices),
            "scan_input_directions",
            directions(slices));
    if (!given.isEmpty()) {
      attributes =
          attributes
              .with("scan_output_axes", axes(given))
              .with("scan_output_directions", directions(given));
    }
    return graph.apply(OperatorType.of("Scan"), outputs.size(), attributes, arguments);
  }

  private static long[] axes(List<Slices> slices) {
    return slices.stream().mapToLong(Slices::axis).toArray();
  }

  private static long[] directions(List<Slices> slices) {
    return slices.stream().mapToLong(each -> each.backwards() ? 1 : 0).toArray();
  }
}
