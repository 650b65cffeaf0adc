package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.loop.ScanForm;
import dev.phosphene.graph.loop.ScanForm.Slices;
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
    return give(node, state, stacks, Collections.nCopies(stacks.size(), Slices.FORWARDS));
  }

  /** How often a Loop runs at most; negative where that is not known. */
  long trips(Node node) {
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
    ScanForm form = ScanForm.of(node).orElse(null);
    if (form == null) {
      return false;
    }
    Graph body = form.body();
    int carried = form.states();
    long length = form.steps(builder.value(node.input(carried)));
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
      for (int j = 0; j < form.read().size(); j++) {
        Slices slices = form.read().get(j);
        String index = bodies.constant(Tensor.scalar(slices.backwards() ? length - 1 - i : i));
        Attributes axis = Attributes.of("axis", slices.axis());
        arguments.add(bodies.add(node, "Gather", axis, node.input(carried + j), index));
      }
      List<String> results = bodies.inline(node, body, arguments, List.of());
      for (int j = 0; j < stacks.size(); j++) {
        stacks.get(j).add(results.get(carried + j));
      }
      state = results.subList(0, carried);
    }
    return give(node, state, stacks, form.given());
  }

  /** Gives a node's outputs: the last state, then what every iteration gave, side by side. */
  private boolean give(
      Node node, List<String> state, List<List<String>> stacks, List<Slices> given) {
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
      int axis = given.get(i).axis();
      String axes = bodies.constant(Tensor.vector((long) axis));
      List<String> slices = new ArrayList<>();
      for (String each : stacks.get(i)) {
        slices.add(bodies.add(node, "Unsqueeze", Attributes.none(), each, axes));
      }
      if (given.get(i).backwards()) {
        Collections.reverse(slices);
      }
      bodies.give(
          node, output, "Concat", Attributes.of("axis", axis), slices.toArray(String[]::new));
    }
    return true;
  }
}
