package dev.phosphene.model.keras;

import dev.phosphene.model.keras.NetworkConfig.Call;
import dev.phosphene.model.keras.NetworkConfig.Entry;
import dev.phosphene.model.keras.NetworkConfig.Reference;
import dev.phosphene.model.keras.layer.Argument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts calls of layers from zero. Keras counts those of a network within a network from one, as
 * its making was a call as well; which kinds of networks it does so for has changed over time. But
 * all calls that a configuration has are referred to, so that the highest number tells.
 */
final class CallNumbers {
  private final Map<String, Integer> highest = new HashMap<>();
  private final Map<String, Integer> calls = new HashMap<>();

  private CallNumbers(NetworkConfig network) {
    for (Entry entry : network.layers()) {
      calls.put(entry.name(), entry.calls().size());
      for (Call call : entry.calls()) {
        call.positional().forEach(argument -> argument.tensors().forEach(this::note));
        call.named().values().forEach(argument -> argument.tensors().forEach(this::note));
      }
    }
    network.outputs().forEach(this::note);
  }

  static NetworkConfig fromZero(NetworkConfig network) {
    CallNumbers numbers = new CallNumbers(network);
    List<Entry> entries = new ArrayList<>();
    for (Entry entry : network.layers()) {
      entries.add(entry.withCalls(entry.calls().stream().map(numbers::renumbered).toList()));
    }
    return new NetworkConfig(
        network.name(),
        network.isSequential(),
        entries,
        network.inputs(),
        network.outputs().stream().map(numbers::renumbered).toList());
  }

  private void note(Reference reference) {
    highest.merge(reference.layer(), reference.call(), Math::max);
  }

  private Reference renumbered(Reference reference) {
    int count = calls.getOrDefault(reference.layer(), 0);
    boolean isFromOne =
        count > 0 && reference.call() > 0 && highest.getOrDefault(reference.layer(), 0) == count;
    return isFromOne
        ? new Reference(reference.layer(), reference.call() - 1, reference.output())
        : reference;
  }

  private Call renumbered(Call call) {
    List<Argument<Reference>> positional =
        call.positional().stream().map(argument -> argument.map(this::renumbered)).toList();
    Map<String, Argument<Reference>> named = new LinkedHashMap<>();
    call.named().forEach((key, argument) -> named.put(key, argument.map(this::renumbered)));
    return new Call(positional, named);
  }
}
