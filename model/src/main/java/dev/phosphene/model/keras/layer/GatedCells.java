package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cells of vectors: simple, gated (GRU) and of long short-term memory (LSTM). */
final class GatedCells {
  private GatedCells() {}

  /**
   * The cell of a layer's configuration.
   *
   * @param kind {@code SimpleRNN}, {@code LSTM} or {@code GRU}
   * @param call of which the configuration is the cell's
   * @param weights of the cell
   * @param prefix of the names of constants
   * @param features along the last axis of what the cell is given
   */
  static RecurrentCell of(
      String kind, LayerCall call, LayerWeights weights, String prefix, long features) {
    int gates =
        switch (kind) {
          case "SimpleRNN" -> 1;
          case "GRU" -> 3;
          case "LSTM" -> 4;
          default -> throw call.error("cells of class \"%s\" are not known".formatted(kind));
        };
    Parts parts = Parts.of(call, weights, prefix, gates, features);
    return switch (gates) {
      case 1 -> new Simple(call, parts);
      case 3 -> new Gated(call, parts, isResetAfter(call));
      default -> new LongShortTerm(call, parts);
    };
  }

  /** Whether the reset gate of a GRU acts on the product rather than on the state. */
  private static boolean isResetAfter(LayerCall call) {
    return call.config().flag("reset_after", call.kerasVersion() >= 3);
  }

  /**
   * Weights of a cell.
   *
   * @param units size of the states
   * @param kernel {@code [features, gates * units]}
   * @param recurrent {@code [units, gates * units]}
   * @param bias {@code [gates * units]} that the input gets; absent where there is none
   * @param recurrentBias of the same size that the state's product gets
   */
  private record Parts(
      long units, Value kernel, Tensor recurrent, Value bias, Value recurrentBias) {
    static Parts of(LayerCall call, LayerWeights weights, String prefix, int gates, long features) {
      long units = call.config().count("units");
      Tensor kernel = read(call, weights, prefix + "kernel", features, gates * units);
      Tensor recurrent = read(call, weights, prefix + "recurrent_kernel", units, gates * units);
      Value input = call.constant(prefix + "kernel", kernel);
      if (!call.config().flag("use_bias", true)) {
        return new Parts(units, input, recurrent, Value.ABSENT, Value.ABSENT);
      }
      Tensor bias = weights.next(prefix + "bias");
      if (gates == 3 && isResetAfter(call)) {
        call.checked(bias, "bias", 2, gates * units);
        Value both = call.constant(prefix + "bias", bias);
        Emitter graph = call.graph();
        Value first = graph.reshape(graph.slice(both, 0, 0, 1), -1);
        Value second = graph.reshape(graph.slice(both, 0, 1, 2), -1);
        return new Parts(units, input, recurrent, first, second);
      }
      call.checked(bias, "bias", gates * units);
      return new Parts(units, input, recurrent, call.constant(prefix + "bias", bias), Value.ABSENT);
    }

    private static Tensor read(LayerCall call, LayerWeights weights, String what, long... sizes) {
      return call.checked(weights.next(what), what, sizes);
    }

    Value prepared(Emitter graph, Value sequence) {
      Value product = graph.matrixMultiply(sequence, kernel);
      return bias.isPresent() ? graph.add(product, bias) : product;
    }

    List<Value> zeros(Emitter graph, int states) {
      Value zero = graph.constant(Tensor.of(new float[Math.toIntExact(units)], 1, units));
      Value[] all = new Value[states];
      Arrays.fill(all, zero);
      return List.of(all);
    }

    /** Gates, in the order of the weights. */
    List<Value> split(Emitter graph, Value gates, int count) {
      List<Value> parts = new ArrayList<>();
      for (int gate = 0; gate < count; gate++) {
        parts.add(graph.slice(gates, gates.rank() - 1, gate * units, (gate + 1) * units));
      }
      return parts;
    }
  }

  /** A cell whose states are all as long as it has units, and zero at first. */
  private interface OfParts extends RecurrentCell {
    LayerCall call();

    Parts parts();

    /** Number of states. */
    int states();

    @Override
    default Value prepared(Value sequence) {
      return parts().prepared(call().graph(), sequence);
    }

    @Override
    default List<Value> initialStates() {
      return parts().zeros(call().graph(), states());
    }
  }

  /** {@code h = activation(x W + h U + b)}. */
  private record Simple(LayerCall call, Parts parts) implements OfParts {
    @Override
    public RecurrentCell within(Emitter body) {
      return new Simple(call.within(body), parts);
    }

    @Override
    public int states() {
      return 1;
    }

    @Override
    public Step step(Value input, List<Value> states) {
      Emitter graph = call.graph();
      Value recurrent = graph.constant(parts.recurrent());
      Value sum = graph.add(input, graph.matrixMultiply(states.get(0), recurrent));
      Value state = activated(call, "activation", "tanh", sum);
      return new Step(state, List.of(state));
    }
  }

  /** Gates input, forget, cell and output; states output and carry. */
  private record LongShortTerm(LayerCall call, Parts parts) implements OfParts {
    @Override
    public RecurrentCell within(Emitter body) {
      return new LongShortTerm(call.within(body), parts);
    }

    @Override
    public int states() {
      return 2;
    }

    @Override
    public Step step(Value input, List<Value> states) {
      Emitter graph = call.graph();
      Value recurrent = graph.constant(parts.recurrent());
      Value sum = graph.add(input, graph.matrixMultiply(states.get(0), recurrent));
      return remembered(call, parts.split(graph, sum, 4), states.get(1));
    }
  }

  /**
   * {@code c' = sigmoid(f) c + sigmoid(i) tanh(g)} and {@code h = sigmoid(o) tanh(c')}, with the
   * layer's own functions.
   */
  static RecurrentCell.Step remembered(LayerCall call, List<Value> gates, Value carry) {
    Emitter graph = call.graph();
    Value in = gate(call, gates.get(0));
    Value forget = gate(call, gates.get(1));
    Value candidate = activated(call, "activation", "tanh", gates.get(2));
    Value out = gate(call, gates.get(3));
    Value next = graph.add(graph.multiply(forget, carry), graph.multiply(in, candidate));
    Value output = graph.multiply(out, activated(call, "activation", "tanh", next));
    return new RecurrentCell.Step(output, List.of(output, next));
  }

  /**
   * Gates update z, reset r and candidate: {@code h' = z h + (1 - z) tanh(x W + (r h) U)}, or,
   * reset after the product, {@code r (h U + b)} within.
   */
  private record Gated(LayerCall call, Parts parts, boolean resetsAfter) implements OfParts {
    @Override
    public RecurrentCell within(Emitter body) {
      return new Gated(call.within(body), parts, resetsAfter);
    }

    @Override
    public int states() {
      return 1;
    }

    @Override
    public Step step(Value input, List<Value> states) {
      Emitter graph = call.graph();
      Value state = states.get(0);
      List<Value> given = parts.split(graph, input, 3);
      Value recurrent = graph.constant(parts.recurrent());
      long units = parts.units();
      Value update;
      Value candidate;
      if (resetsAfter) {
        Value product = graph.matrixMultiply(state, recurrent);
        if (parts.recurrentBias().isPresent()) {
          product = graph.add(product, parts.recurrentBias());
        }
        List<Value> own = parts.split(graph, product, 3);
        update = gate(call, graph.add(given.get(0), own.get(0)));
        Value reset = gate(call, graph.add(given.get(1), own.get(1)));
        candidate = graph.add(given.get(2), graph.multiply(reset, own.get(2)));
      } else {
        Value gates = graph.matrixMultiply(state, graph.slice(recurrent, 1, 0, 2 * units));
        List<Value> own = parts.split(graph, gates, 2);
        update = gate(call, graph.add(given.get(0), own.get(0)));
        Value reset = gate(call, graph.add(given.get(1), own.get(1)));
        Value last = graph.slice(recurrent, 1, 2 * units, 3 * units);
        Value product = graph.matrixMultiply(graph.multiply(reset, state), last);
        candidate = graph.add(given.get(2), product);
      }
      Value proposed = activated(call, "activation", "tanh", candidate);
      Value kept = graph.multiply(update, state);
      Value next = graph.add(kept, graph.multiply(graph.subtract(1, update), proposed));
      return new Step(next, List.of(next));
    }
  }

  private static Value gate(LayerCall call, Value x) {
    return activated(call, "recurrent_activation", "sigmoid", x);
  }

  /** The function that the configuration names; another where the key is not in it at all. */
  private static Value activated(LayerCall call, String key, String otherwise, Value x) {
    return call.config().json().has(key)
        ? Activations.apply(call, key, x)
        : Activations.named(call, otherwise, x);
  }
}
