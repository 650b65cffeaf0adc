package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Loops as the nodes of their iterations, one after the other. */
final class Unrolling {
  private final Bodies bodies;
  private final GraphBuilder builder;

  Unrolling(Bodies bodies, GraphBuilder builder) {
    this.bodies = bodies;
    this.builder = builder;
  }

  /** Unrolls a Loop: inputs trip count, condition, carried values; false where it has to stay. */
  boolean loop(Node node) {
    Graph body = node.attributes().graph("body").orElse(null);
    long trips = trips(node);
    if (body == null || trips < 0 || body.inputs().size() != node.inputs().size()) {
      return false;
    }
    List<String> state = new ArrayList<>(node.inputs().subList(2, node.inputs().size()));
    List<List<String>> stacks = new ArrayList<>();
    for (int i = state.size() + 1; i < body.outputs().size(); i++) {
      stacks.add(new ArrayList<>());
    }
    String running = bodies.constant(Tensor.scalar(true));
    for (long i = 0; i < trips; i++) {
      if (i >= bodies.mostIterations()) {
        return false;
      }
      List<String> arguments = new ArrayList<>(List.of(bodies.constant(Tensor.scalar(i)), running));
      arguments.addAll(state);
      List<String> results = bodies.inline(node, body, arguments, List.of());
      Optional<Tensor> goesOn = builder.constantOf(builder.value(results.get(0)));
      if (goesOn.isEmpty()) {
        return false;
      }
      for (int j = 0; j < stacks.size(); j++) {
        stacks.get(j).add(results.get(1 + state.size() + j));
      }
      state = results.subList(1, 1 + state.size());
      if (goesOn.get().getLong(0) == 0) {
        break;
      }
    }
    long[] first = new long[stacks.size()];
    return give(node, state, stacks, first, first);
  }

  /** How often a Loop runs at most; negative where that is not known. */
  private long trips(Node node) {
    long trips = Long.MAX_VALUE;
    if (node.hasInput(0)) {
      Optional<Tensor> count = builder.constantOf(builder.value(node.input(0)));
      trips = count.map(tensor -> Math.max(0, tensor.getLong(0))).orElse(-1L);
    }
    if (node.hasInput(1)) {
      Optional<Tensor> starts = builder.constantOf(builder.value(node.input(1)));
      if (starts.isEmpty()) {
        return -1;
      }
      trips = starts.get().getLong(0) == 0 ? 0 : trips;
    }
    return trips;
  }

  /** Unrolls a Scan: inputs carried values, then scanned ones; false where it has to stay. */
  boolean scan(Node node) {
    Graph body = node.attributes().graph("body").orElse(null);
    int scanned = (int) node.attributes().integer("num_scan_inputs", 0);
    int carried = node.inputs().size() - scanned;
    if (body == null
        || scanned < 1
        || carried < 0
        || body.inputs().size() != node.inputs().size()
        || body.outputs().size() < carried) {
      return false;
    }
    long[] axes = entries(node, "scan_input_axes", scanned);
    long[] directions = entries(node, "scan_input_directions", scanned);
    Value first = builder.value(node.input(carried));
    long length = first.shape().isRankKnown() ? first.size((int) axes[0]) : -1;
    if (length < 1 || length > bodies.mostIterations()) {
      return false;
    }
    List<String> state = new ArrayList<>(node.inputs().subList(0, carried));
    List<List<String>> stacks = new ArrayList<>();
    for (int i = carried; i < body.outputs().size(); i++) {
      stacks.add(new ArrayList<>());
    }
    for (long i = 0; i < length; i++) {
      List<String> arguments = new ArrayList<>(state);
      for (int j = 0; j < scanned; j++) {
        String index = bodies.constant(Tensor.scalar(directions[j] == 1 ? length - 1 - i : i));
        arguments.add(
            bodies.add(
                node, "Gather", Attributes.of("axis", axes[j]), node.input(carried + j), index));
      }
      List<String> results = bodies.inline(node, body, arguments, List.of());
      for (int j = 0; j < stacks.size(); j++) {
        stacks.get(j).add(results.get(carried + j));
      }
      state = results.subList(0, carried);
    }
    return give(
        node,
        state,
        stacks,
        entries(node, "scan_output_axes", stacks.size()),
        entries(node, "scan_output_directions", stacks.size()));
  }

  private static long[] entries(Node node, String attribute, int count) {
    return node.attributes()
        .integers(attribute)
        .filter(entries -> entries.length == count)
        .orElse(new long[count]);
  }

  /** Gives a node's outputs: the last state, then what every iteration gave, side by side. */
  private boolean give(
      Node node, List<String> state, List<List<String>> stacks, long[] axes, long[] directions) {
    for (int i = 0; i < stacks.size(); i++) {
      if (stacks.get(i).isEmpty() && !node.output(state.size() + i).isEmpty()) {
        return false;
      }
    }
    for (int i = 0; i < state.size(); i++) {
      if (!node.output(i).isEmpty()) {
        bodies.give(node, i, "Identity", Attributes.none(), state.get(i));
      }
    }
    for (int i = 0; i < stacks.size(); i++) {
      int output = state.size() + i;
      if (node.output(output).isEmpty()) {
        continue;
      }
      String axis = bodies.constant(Tensor.vector(axes[i]));
      List<String> slices = new ArrayList<>();
      for (String each : stacks.get(i)) {
        slices.add(bodies.add(node, "Unsqueeze", Attributes.none(), each, axis));
      }
      if (directions[i] == 1) {
        Collections.reverse(slices);
      }
      bodies.give(
          node, output, "Concat", Attributes.of("axis", axes[i]), slices.toArray(String[]::new));
    }
    return true;
  }
}
