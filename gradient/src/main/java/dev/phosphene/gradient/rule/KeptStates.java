package dev.phosphene.gradient.rule;

import dev.phosphene.gradient.Backward;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.loop.ScanForm;
import dev.phosphene.graph.loop.ScanForm.Slices;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Makes a Scan of the forward graph give the states that its steps found, as further outputs. */
final class KeptStates {
  private final Backward backward;
  private final ScanForm form;
  private Node current;

  KeptStates(Backward backward, ScanForm form) {
    this.backward = backward;
    this.form = form;
    this.current = backward.node();
  }

  /**
   * How the kept states lie: along the first axis, in the order of the first sequence that the Scan
   * reads, so that nodes which read both can be computed for all steps at once.
   */
  Slices slices() {
    return new Slices(0, form.read().get(0).backwards());
  }

  /** One state as all steps found it, {@code [steps, ...]}. */
  Value of(int state) {
    Graph body = current.attributes().graph("body").orElseThrow();
    Value input = backward.input(state);
    String found = body.inputs().get(state).name();
    String inside = unused(body, found);
    Value all = stack(backward.freshName(backward.output(state).name() + "/found"), input);
    List<String> outputs = new ArrayList<>(current.outputs());
    List<Value> added = new ArrayList<>();
    while (outputs.size() < body.outputs().size()) { // a model may leave the last ones out
      Value unread = new Value(backward.freshName(found), ElementType.UNKNOWN, Shape.unknown());
      outputs.add(unread.name());
      added.add(unread);
    }
    outputs.add(all.name());
    added.add(all);
    Node wider =
        new Node(
            current.name(),
            current.type(),
            current.inputs(),
            outputs,
            wider(current.attributes().with("body", giving(body, found, inside, input))),
            current.metadata());
    current = backward.widen(current, wider, added);
    return all;
  }

  private Value stack(String name, Value state) {
    long steps = form.steps(backward.input(form.states()));
    long[] all =
        LongStream.concat(LongStream.of(steps), LongStream.of(backward.sizes(state))).toArray();
    return new Value(name, state.type(), Shape.of(all));
  }

  private String unused(Graph body, String like) {
    String name;
    do {
      name = backward.freshName(like + "/found");
    } while (body.defines(name));
    return name;
  }

  /** A body that gives what it finds as a state; no output of a body is an input of it. */
  private static Graph giving(Graph body, String found, String inside, Value state) {
    List<Node> nodes = new ArrayList<>(body.nodes());
    nodes.add(
        new Node(
            "",
            OperatorType.of("Identity"),
            List.of(found),
            List.of(inside),
            Attributes.none(),
            Map.of()));
    List<String> outputs = new ArrayList<>(body.outputs());
    outputs.add(inside);
    List<Value> values = new ArrayList<>(body.values());
    values.add(new Value(inside, state.type(), state.shape()));
    return new Graph(body.inputs(), outputs, nodes, body.constants(), values);
  }

  /** One more output. */
  private Attributes wider(Attributes attributes) {
    Graph body = current.attributes().graph("body").orElseThrow();
    int count = body.outputs().size() - form.states();
    long[] axes = new long[count + 1];
    long[] directions = new long[count + 1];
    for (int i = 0; i < count; i++) {
      Slices slices = i < form.given().size() ? form.given().get(i) : slices();
      axes[i] = slices.axis();
      directions[i] = slices.backwards() ? 1 : 0;
    }
    directions[count] = slices().backwards() ? 1 : 0;
    return attributes.with("scan_output_axes", axes).with("scan_output_directions", directions);
  }
}
