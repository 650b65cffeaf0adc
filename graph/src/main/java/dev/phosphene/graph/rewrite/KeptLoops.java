package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.loop.ScanBuilder;
import dev.phosphene.graph.loop.ScanForm;
import dev.phosphene.graph.loop.ScanForm.Slices;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * Loops of many steps, which stay loops: a Scan with a body of static shapes. So does a Loop whose
 * trip count is known and whose condition stays true. States have to keep their shapes; a loop that
 * does not fit has to be unrolled.
 */
final class KeptLoops {
  /** Fewer steps run as fast, and are prepared fast enough, with nodes of their own. */
  private static final long FEWEST_STEPS = 17;

  /** Bounds the memory of a loop whose trip count a damaged model says. */
  private static final long MOST_STEPS = 1 << 20;

  private final GraphBuilder builder;
  private final Bodies bodies;
  private final Function<GraphBuilder, Bodies> within;

  /**
   * The loops of one graph.
   *
   * @param within what puts bodies into the place of nodes of a body
   */
  KeptLoops(GraphBuilder builder, Bodies bodies, Function<GraphBuilder, Bodies> within) {
    this.builder = builder;
    this.bodies = bodies;
    this.within = within;
  }

  /** Writes a Scan again; false where it has to be unrolled. */
  boolean scan(Node node) {
    ScanForm form = ScanForm.of(node).orElse(null);
    if (form == null || !areKnown(node.inputs())) {
      return false;
    }
    long steps = form.steps(builder.value(node.input(form.states())));
    if (steps < FEWEST_STEPS || steps > MOST_STEPS) {
      return false;
    }
    ScanBuilder scan = new ScanBuilder(builder, steps);
    List<Value> arguments = states(scan, node.inputs().subList(0, form.states()));
    for (int i = form.states(); i < node.inputs().size(); i++) {
      Slices slices = form.read().get(i - form.states());
      arguments.add(scan.slice(builder.value(node.input(i)), slices));
    }
    List<Value> outputs = inline(scan, node, form.body(), arguments);
    return finish(scan, node, arguments.subList(0, form.states()), outputs, form.given());
  }

  /** Writes a Loop as a Scan over the numbers of its iterations. */
  boolean loop(Node node, long trips) {
    Graph body = node.attributes().graph("body").orElse(null);
    boolean fits =
        body != null
            && trips >= FEWEST_STEPS
            && trips <= MOST_STEPS
            && body.inputs().size() == node.inputs().size()
            && body.outputs().size() >= node.outputs().size() + 1;
    if (!fits || !areKnown(node.inputs().subList(2, node.inputs().size()))) {
      return false;
    }
    ScanBuilder scan = new ScanBuilder(builder, trips);
    List<Value> states = states(scan, node.inputs().subList(2, node.inputs().size()));
    Value numbers = builder.constant(Tensor.vector(LongStream.range(0, trips).toArray()));
    Value iteration = scan.slice(numbers, Slices.FORWARDS);
    List<Value> arguments =
        new ArrayList<>(List.of(iteration, builder.constant(Tensor.scalar(true))));
    arguments.addAll(states);
    List<Value> outputs = inline(scan, node, body, arguments);
    Optional<Tensor> goesOn = scan.body().constantOf(outputs.get(0));
    if (goesOn.isEmpty() || goesOn.get().getLong(0) == 0) {
      return false;
    }
    List<Value> results = outputs.subList(1, outputs.size());
    List<Slices> given = new ArrayList<>();
    for (int i = states.size(); i < results.size(); i++) {
      given.add(Slices.FORWARDS);
    }
    return finish(scan, node, states, results, given);
  }

  private boolean areKnown(List<String> values) {
    return values.stream().map(builder::value).allMatch(KeptLoops::isKnown);
  }

  private static boolean isKnown(Value value) {
    return value.type() != ElementType.UNKNOWN && value.shape().isStatic();
  }

  private List<Value> states(ScanBuilder scan, List<String> initial) {
    return new ArrayList<>(initial.stream().map(builder::value).map(scan::state).toList());
  }

  /** Adds the nodes of one step. */
  private List<Value> inline(ScanBuilder scan, Node node, Graph body, List<Value> arguments) {
    List<String> names = arguments.stream().map(Value::name).toList();
    return within.apply(scan.body()).inline(node, body, names, List.of()).stream()
        .map(scan.body()::value)
        .toList();
  }

  /** Adds the loop under the names of the node's outputs, if its values have what a Scan needs. */
  private boolean finish(
      ScanBuilder scan, Node node, List<Value> states, List<Value> outputs, List<Slices> given) {
    for (int i = 0; i < outputs.size(); i++) {
      boolean keeps =
          i >= states.size()
              || (outputs.get(i).shape().equals(states.get(i).shape())
                  && outputs.get(i).type() == states.get(i).type());
      if (!keeps || !isKnown(outputs.get(i))) {
        return false;
      }
    }
    for (int i = 0; i < states.size(); i++) {
      scan.next(states.get(i), outputs.get(i));
    }
    for (int i = 0; i < given.size(); i++) {
      scan.stack(outputs.get(states.size() + i), given.get(i));
    }
    builder.label(node.name().isEmpty() ? "" : node.name() + "/", node.metadata());
    List<Value> results = scan.finish();
    builder.label("", Map.of());
    for (int i = 0; i < node.outputs().size(); i++) {
      if (!node.output(i).isEmpty()) {
        bodies.give(node, i, "Identity", Attributes.none(), results.get(i).name());
      }
    }
    return true;
  }
}
