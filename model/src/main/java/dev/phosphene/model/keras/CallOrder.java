package dev.phosphene.model.keras;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.NetworkConfig.Call;
import dev.phosphene.model.keras.NetworkConfig.Entry;
import dev.phosphene.model.keras.NetworkConfig.Reference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The calls of a network's layers in an order in which each comes after what it is called with. */
final class CallOrder {
  private final Map<String, Entry> entries = new HashMap<>();
  private final List<Step> steps = new ArrayList<>();

  /** One call of a layer; an input counts as one. */
  record Step(Entry entry, int call) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Step step
          && step.call == call
          && step.entry.name().equals(entry.name());
    }

    @Override
    public int hashCode() {
      return 31 * entry.name().hashCode() + call;
    }
  }

  private CallOrder() {}

  /**
   * The order of a network's calls: that of the configuration, as far as data allows.
   *
   * @throws PhospheneException where calls refer to each other in a circle, or to nothing
   */
  static CallOrder of(NetworkConfig network) {
    CallOrder order = new CallOrder();
    for (Entry entry : network.layers()) {
      if (order.entries.put(entry.name(), entry) != null) {
        throw new PhospheneException(
            "two layers of model \"%s\" are called \"%s\"".formatted(network.name(), entry.name()));
      }
    }
    Set<Step> done = new HashSet<>();
    for (Entry entry : network.layers()) {
      for (int call = 0; call < count(entry); call++) {
        order.add(new Step(entry, call), done);
      }
    }
    return order;
  }

  private static int count(Entry entry) {
    return entry.isInput() ? 1 : entry.calls().size();
  }

  List<Step> steps() {
    return List.copyOf(steps);
  }

  /** Adds what a step needs before it; without recursion, as chains can be long. */
  private void add(Step wanted, Set<Step> done) {
    Deque<Step> open = new ArrayDeque<>(List.of(wanted));
    Set<Step> onTheWay = new HashSet<>();
    while (!open.isEmpty()) {
      Step step = open.peek();
      if (done.contains(step)) {
        open.pop();
        continue;
      }
      List<Step> missing = needs(step).stream().filter(need -> !done.contains(need)).toList();
      if (missing.isEmpty()) {
        open.pop();
        done.add(step);
        steps.add(step);
      } else if (!onTheWay.add(step)) {
        throw new PhospheneException(
            "layer \"%s\" is called with what follows from its own output"
                .formatted(step.entry().name()));
      } else {
        missing.forEach(open::push);
      }
    }
  }

  private List<Step> needs(Step step) {
    if (step.entry().isInput()) {
      return List.of();
    }
    List<Step> needs = new ArrayList<>();
    Call call = step.entry().calls().get(step.call());
    call.positional().forEach(given -> given.tensors().forEach(each -> needs.add(step(each))));
    call.named().values().forEach(given -> given.tensors().forEach(each -> needs.add(step(each))));
    return needs;
  }

  private Step step(Reference reference) {
    Entry entry = entries.get(reference.layer());
    if (entry == null || reference.call() >= count(entry)) {
      throw new PhospheneException(
          "its configuration refers to call %d of layer \"%s\", which it does not have"
              .formatted(reference.call(), reference.layer()));
    }
    return new Step(entry, reference.call());
  }

  /**
   * What a call gave.
   *
   * @throws PhospheneException where it has no such output
   */
  Value find(Reference reference, Map<Step, List<Value>> results) {
    List<Value> outputs = results.get(step(reference));
    if (outputs == null || reference.output() >= outputs.size()) {
      throw new PhospheneException(
          "its configuration refers to output %d of layer \"%s\", which has not been given"
              .formatted(reference.output(), reference.layer()));
    }
    return outputs.get(reference.output());
  }
}
