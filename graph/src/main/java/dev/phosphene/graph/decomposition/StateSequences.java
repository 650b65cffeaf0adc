package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Linear attention and causal convolution of ONNX Runtime's own domain, which carry a state. */
final class StateSequences {
  /** As many steps as recurrent layers are unrolled for. */
  private static final long MOST_STEPS = 1024;

  private StateSequences() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(
        new OperatorType("com.microsoft", "LinearAttention"), StateSequences::attend,
        new OperatorType("com.microsoft", "CausalConvWithState"), StateSequences::convolve);
  }

  /**
   * A state {@code [B, heads, E, F]} that decays and takes up {@code k (v - S^T k)^T} or {@code k
   * v^T} at each step, and is read by the queries.
   */
  private static List<Value> attend(Composite node) {
    if (node.attributes().integer("state_window", 0) != 0) {
      throw node.error("a gradient with state_window is not supported");
    }
    String rule = node.attributes().text("update_rule", "gated_delta");
    boolean decays = rule.startsWith("gated");
    boolean corrects = rule.endsWith("delta");
    if (!decays && !corrects && !rule.equals("linear")) {
      throw node.error(
          "update_rule should be linear, gated, delta or gated_delta, found \"" + rule + '"');
    }
    long heads = node.attributes().integer("q_num_heads", 0);
    long few = node.attributes().integer("kv_num_heads", 0);
    long[] sizes = node.sizes(node.input(0));
    long steps = sizes[1];
    if (heads % few != 0) {
      throw node.error("%d heads do not divide by %d of keys".formatted(heads, few));
    }
    if (steps < 1 || steps > MOST_STEPS) {
      throw node.error(
          "its gradient unrolls sequences of 1 to %d steps, found %d; give a shorter input"
              .formatted(MOST_STEPS, steps));
    }
    long width = sizes[2] / heads;
    double factor = node.attributes().real("scale", 0);
    Value query =
        node.multiply(node.input(0), factor == 0 ? 1 / Math.sqrt((double) width) : factor);
    List<Value> queries = steps(node, query, few, heads / few, width);
    List<Value> keys = steps(node, node.input(1), few, 1, width);
    List<Value> values = steps(node, node.input(2), few, 1, node.sizes(node.input(2))[2] / few);
    List<Value> decay = decays ? gates(node, node.exponential(node.input(4)), few) : List.of();
    List<Value> rates = corrects ? gates(node, node.input(5), few) : List.of();
    Value state = node.input(3);
    if (!state.isPresent()) {
      long depth = node.sizes(node.input(2))[2] / few;
      state = node.expand(node.scalarLike(query, 0), sizes[0], few, width, depth);
    }
    List<Value> outputs = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      state = decays ? node.multiply(state, decay.get(step)) : state;
      Value added = values.get(step);
      if (corrects) {
        Value held = node.matrixMultiply(keys.get(step), state);
        added = node.multiply(node.subtract(added, held), rates.get(step));
      }
      Value column = node.exchangeLast(keys.get(step));
      state = node.add(state, node.matrixMultiply(column, added));
      Value read = node.matrixMultiply(queries.get(step), state);
      outputs.add(node.reshape(read, sizes[0], 1, node.elements(read) / sizes[0]));
    }
    return List.of(node.joined(1, outputs), state);
  }

  /** {@code [B, T, heads * several * width]} as a {@code [B, heads, several, width]} each step. */
  private static List<Value> steps(Composite node, Value x, long heads, long several, long width) {
    long[] sizes = node.sizes(x);
    List<Value> steps = new ArrayList<>();
    for (Value step : node.split(x, 1, ones(sizes[1]))) {
      steps.add(node.reshape(step, sizes[0], heads, several, width));
    }
    return steps;
  }

  /**
   * One number a head, or one a head and row of the state: {@code [B, heads, 1 or E, 1]} a step.
   */
  private static List<Value> gates(Composite node, Value gate, long heads) {
    long[] sizes = node.sizes(gate);
    long own = sizes[2] == 1 ? 1 : heads;
    List<Value> gates = new ArrayList<>();
    for (Value step : node.split(gate, 1, ones(sizes[1]))) {
      gates.add(node.reshape(step, sizes[0], own, sizes[2] / own, 1));
    }
    return gates;
  }

  private static long[] ones(long count) {
    long[] ones = new long[Math.toIntExact(count)];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Each channel {@code [N, C, L]} alone; before the first element comes the state, or zeros. */
  private static List<Value> convolve(Composite node) {
    long axes = node.attributes().integer("ndim", 1);
    long[] sizes = node.sizes(node.input(0));
    long[] kernel = node.sizes(node.input(1));
    if (axes != 1 || sizes.length != 3) {
      throw node.error("its gradient needs an input of one spatial axis, found " + Shape.of(sizes));
    }
    long before = kernel[2] - 1;
    Value state =
        node.has(3)
            ? node.input(3)
            : node.expand(node.scalarLike(node.input(0), 0), sizes[0], sizes[1], before);
    Value all = before == 0 ? node.input(0) : node.concatenate(2, List.of(state, node.input(0)));
    Attributes apart = Attributes.of("group", sizes[1]);
    Value result =
        node.has(2)
            ? node.apply("Conv", apart, all, node.input(1), node.input(2))
            : node.apply("Conv", apart, all, node.input(1));
    String activation = node.attributes().text("activation", "none");
    Value output =
        switch (activation) {
          case "none" -> result;
          case "silu", "swish" -> node.multiply(result, node.sigmoid(result));
          default ->
              throw node.error(
                  "activation should be silu, swish or none, found \"" + activation + '"');
        };
    return List.of(output, node.slice(all, 2, sizes[2], sizes[2] + before));
  }
}
