package dev.phosphene.session;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The order in which the runtime is given a graph's nodes: by depth, which is the length of the
 * longest way to a node.
 *
 * <p>Before each node the runtime computes what it reads, and of that first what stands last. What
 * is deep, as a gradient that comes back through the network, is so computed before what is not, as
 * a rectifier's mask, which then is made when it is needed. In the order of differentiation all
 * masks would be made on the way forward, and the memory that this takes would be kept until a
 * value of the same shape comes back: the arrays of a step of MobileNet v2 take 32 instead of 46
 * MB, those of DenseNet-121 79 instead of 113.
 *
 * <p>What is made of several arrays of its own shape, as the derivative of a swish of an array and
 * its sigmoid, is still made early, since all of them would have to be kept for it.
 */
final class DepthOrder {
  private final Graph graph;
  private final Map<String, List<Node>> consumers;
  private final IdentityHashMap<Node, Integer> depths = new IdentityHashMap<>();
  private final IdentityHashMap<Node, Integer> ranks = new IdentityHashMap<>();

  private DepthOrder(Graph graph) {
    this.graph = graph;
    this.consumers = graph.consumers();
  }

  /** The same graph with its nodes by depth; those of one depth keep their order. */
  static Graph of(Graph graph) {
    return new DepthOrder(graph).ordered();
  }

  private Graph ordered() {
    for (Node node : graph.nodes()) {
      Set<String> read = Graph.reads(node);
      int depth = 1 + read.stream().mapToInt(this::depth).max().orElse(0);
      depths.put(node, depth);
      ranks.put(node, 2 * depth);
      read.stream()
          .filter(value -> depth(value) < depth - 1)
          .map(this::branch)
          .filter(Branch::isOfSeveralAlike)
          .forEach(branch -> branch.nodes().forEach(early -> ranks.put(early, 2 * depth - 1)));
    }
    List<Node> nodes = graph.nodes().stream().sorted(Comparator.comparing(ranks::get)).toList();
    return new Graph(graph.inputs(), graph.outputs(), nodes, graph.constants(), graph.values());
  }

  /** 0 for inputs, constants and what a body reads from outside. */
  private int depth(String value) {
    return graph.producer(value).map(depths::get).orElse(0);
  }

  /** The nodes that serve only to give a value, and what they read. */
  private record Branch(Value result, List<Node> nodes, List<Value> sources) {
    boolean isOfSeveralAlike() {
      return sources.size() > 1
          && sources.stream().allMatch(source -> source.shape().equals(result.shape()));
    }
  }

  private Branch branch(String result) {
    List<Node> nodes = new ArrayList<>();
    Set<String> sources = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(result));
    while (!open.isEmpty()) {
      String value = open.pop();
      Optional<Node> producer = graph.producer(value);
      if (producer.isPresent() && isOnlyFor(value, producer.get())) {
        nodes.add(producer.get());
        open.addAll(Graph.reads(producer.get()));
      } else if (!graph.constants().containsKey(value)) {
        sources.add(value);
      }
    }
    return new Branch(graph.value(result), nodes, sources.stream().map(graph::value).toList());
  }

  /** Whether a node serves but for one value, which is read once. */
  private boolean isOnlyFor(String value, Node producer) {
    return producer.outputs().size() == 1
        && consumers.getOrDefault(value, List.of()).size() == 1
        && !graph.outputs().contains(value);
  }
}
