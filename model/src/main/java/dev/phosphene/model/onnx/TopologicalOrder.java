package dev.phosphene.model.onnx;

import dev.phosphene.graph.Attribute;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;

/** Puts nodes after those whose outputs they read, and otherwise leaves their order. */
final class TopologicalOrder {
  private TopologicalOrder() {}

  /**
   * Indices of nodes in topological order.
   *
   * @throws PhospheneException where nodes read each other's outputs in a circle
   */
  static int[] of(List<Node> nodes) {
    Map<String, Integer> producers = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).outputs()) {
        if (!output.isEmpty()) {
          producers.put(output, i);
        }
      }
    }
    List<List<Integer>> followers = new ArrayList<>();
    nodes.forEach(node -> followers.add(new ArrayList<>()));
    int[] waitingFor = new int[nodes.size()];
    boolean sorted = true;
    for (int i = 0; i < nodes.size(); i++) {
      for (String name : reads(nodes.get(i))) {
        Integer producer = producers.get(name);
        if (producer != null) {
          followers.get(producer).add(i);
          waitingFor[i]++;
          sorted &= producer < i;
        }
      }
    }
    return sorted ? IntStream.range(0, nodes.size()).toArray() : sort(nodes, followers, waitingFor);
  }

  private static int[] sort(List<Node> nodes, List<List<Integer>> followers, int[] waitingFor) {
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < waitingFor.length; i++) {
      if (waitingFor[i] == 0) {
        ready.add(i);
      }
    }
    int[] order = new int[nodes.size()];
    int done = 0;
    for (Integer next = ready.poll(); next != null; next = ready.poll()) {
      order[done++] = next;
      for (int follower : followers.get(next)) {
        if (--waitingFor[follower] == 0) {
          ready.add(follower);
        }
      }
    }
    if (done < order.length) {
      int stuck =
          IntStream.range(0, waitingFor.length)
              .filter(i -> waitingFor[i] > 0)
              .findFirst()
              .orElseThrow();
      throw new PhospheneException(
          "its nodes read each other's outputs in a circle, through %s; the file is damaged"
              .formatted(nodes.get(stuck).describe()));
    }
    return order;
  }

  private static Set<String> reads(Node node) {
    Set<String> names = new HashSet<>(node.inputs());
    for (Attribute attribute : node.attributes().values().values()) {
      if (attribute instanceof Attribute.GraphValue body) {
        names.addAll(body.value().captures());
      }
    }
    return names;
  }
}
