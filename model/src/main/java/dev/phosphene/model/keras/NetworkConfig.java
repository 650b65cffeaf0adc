package dev.phosphene.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.model.keras.layer.Argument;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network as its configuration describes it, whichever Keras wrote it.
 *
 * @param name as its author calls it
 * @param isSequential whether it is a chain, whose input is no layer to its author
 * @param layers in the order of {@code model.layers}, operations that are no layers between them
 * @param inputs names of the input layers, in the order in which the network takes them
 * @param outputs what the network gives
 */
record NetworkConfig(
    String name,
    boolean isSequential,
    List<Entry> layers,
    List<Reference> inputs,
    List<Reference> outputs) {
  /** The class name of what takes a network's input. */
  static final String INPUT = "InputLayer";

  NetworkConfig {
    layers = List.copyOf(layers);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * One output of one call of a layer.
   *
   * @param layer its name
   * @param call which of its calls, counted as the configuration does
   * @param output which output of the call
   */
  record Reference(String layer, int call, int output) {}

  /**
   * A layer with its calls.
   *
   * @param isOperation whether it is a function of {@code keras.ops}, which is not among {@code
   *     model.layers}
   * @param network what it is where it is a network itself; else null
   * @param calls in their order
   */
  record Entry(
      String name,
      String className,
      boolean isOperation,
      JsonNode config,
      @Nullable NetworkConfig network,
      List<Call> calls) {
    Entry {
      calls = List.copyOf(calls);
    }

    boolean isInput() {
      return className.equals(INPUT);
    }

    Entry withCalls(List<Call> others) {
      return new Entry(name, className, isOperation, config, network, others);
    }
  }

  /** What a layer is called with. */
  record Call(List<Argument<Reference>> positional, Map<String, Argument<Reference>> named) {}
}
