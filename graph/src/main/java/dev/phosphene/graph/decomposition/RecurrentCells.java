package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Value;
import java.util.List;

/** The cells of RNN, GRU and LSTM, as the ONNX operators define them. */
final class RecurrentCells {
  private RecurrentCells() {}

  /** {@code h' = f(x W + h R + b)}. */
  static RecurrentCell simple(RecurrentWeights weights) {
    Composite graph = weights.graph();
    Value recurrent = weights.recurrent();
    CellActivation activation = weights.activations("Tanh").get(0);
    return (projected, state) -> {
      Value product = graph.matrixMultiply(state.hidden(), recurrent);
      return new RecurrentCell.State(
          weights.activated(activation, projected, product), Value.ABSENT);
    };
  }

  /**
   * Update gate z, reset gate r and candidate n: {@code h' = (1 - z) n + z h}; the reset gate works
   * before the recurrent weights of the candidate, or with {@code linear_before_reset} after them.
   */
  static RecurrentCell gated(RecurrentWeights weights) {
    Composite graph = weights.graph();
    long hidden = weights.hidden();
    boolean linear = graph.attributes().flag("linear_before_reset", false);
    List<CellActivation> activations = weights.activations("Sigmoid", "Tanh");
    Value recurrent = weights.recurrent();
    Value gates = graph.slice(recurrent, 1, 0, 2 * hidden);
    Value candidates = graph.slice(recurrent, 1, 2 * hidden, 3 * hidden);
    Value bias =
        linear && weights.hasBias()
            ? graph.slice(weights.recurrentBias(), 0, 2 * hidden, 3 * hidden)
            : Value.ABSENT;
    return (projected, state) -> {
      Value before = state.hidden();
      List<Value> inputs = graph.split(projected, 2, 2 * hidden, hidden);
      Value product = graph.matrixMultiply(before, gates);
      List<Value> opened =
          weights.perGate(weights.activated(activations.get(0), inputs.get(0), product), 2);
      Value update = opened.get(0);
      Value reset = opened.get(1);
      Value memory;
      if (linear) {
        Value whole = graph.matrixMultiply(before, candidates);
        memory = graph.multiply(reset, bias.isPresent() ? graph.add(whole, bias) : whole);
      } else {
        memory = graph.matrixMultiply(graph.multiply(reset, before), candidates);
      }
      Value candidate = weights.activated(activations.get(1), inputs.get(1), memory);
      Value kept = graph.multiply(update, graph.subtract(before, candidate));
      return new RecurrentCell.State(graph.add(candidate, kept), Value.ABSENT);
    };
  }

  /**
   * Input, output and forget gates i, o, f and candidate g: {@code c' = f c + i g, h' = o h(c')}.
   * Peepholes add the cell state to the gates: the old one to i and f, the new one to o.
   */
  static RecurrentCell memory(RecurrentWeights weights) {
    Composite graph = weights.graph();
    Value recurrent = weights.recurrent();
    boolean coupled = graph.attributes().flag("input_forget", false);
    List<CellActivation> activations = weights.activations("Sigmoid", "Tanh", "Tanh");
    List<Value> peepholes = graph.has(7) ? weights.perGate(weights.ofDirection(7), 3) : List.of();
    return (projected, state) -> {
      Value sum = graph.add(projected, graph.matrixMultiply(state.hidden(), recurrent));
      List<Value> sums = weights.perGate(sum, 4);
      CellActivation gate = activations.get(0);
      Value cell = state.memory();
      Value input = weights.activated(gate, peeping(graph, sums.get(0), peepholes, 0, cell));
      Value forget =
          coupled
              ? graph.subtract(1, input)
              : weights.activated(gate, peeping(graph, sums.get(2), peepholes, 2, cell));
      Value candidate = weights.activated(activations.get(1), sums.get(3));
      Value next = graph.add(graph.multiply(forget, cell), graph.multiply(input, candidate));
      Value output = weights.activated(gate, peeping(graph, sums.get(1), peepholes, 1, next));
      Value shown = activations.get(2).of(graph, next);
      return new RecurrentCell.State(graph.multiply(output, shown), next);
    };
  }

  private static Value[] peeping(
      Composite graph, Value sum, List<Value> peepholes, int gate, Value cell) {
    return peepholes.isEmpty()
        ? new Value[] {sum}
        : new Value[] {sum, graph.multiply(peepholes.get(gate), cell)};
  }
}
