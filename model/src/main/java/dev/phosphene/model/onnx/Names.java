package dev.phosphene.model.onnx;

import dev.phosphene.model.onnx.proto.AttributeProto;
import dev.phosphene.model.onnx.proto.GraphProto;
import dev.phosphene.model.onnx.proto.NodeProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Names that a model's values have, so that reading can make new ones that clash with none. */
final class Names {
  private final TreeSet<String> taken = new TreeSet<>();
  private final Map<String, Integer> lastNumber = new HashMap<>();

  /** All names in a graph and the graphs within it. */
  static Names of(GraphProto graph, List<ModelParser.Initializer> initializers) {
    Names names = new Names();
    initializers.forEach(initializer -> names.taken.add(initializer.tensor().getName()));
    names.addAll(graph);
    return names;
  }

  private void addAll(GraphProto graph) {
    graph.getInputList().forEach(input -> taken.add(input.getName()));
    graph.getInitializerList().forEach(initializer -> taken.add(initializer.getName()));
    for (NodeProto node : graph.getNodeList()) {
      taken.addAll(node.getOutputList());
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          addAll(attribute.getG());
        }
      }
    }
  }

  /** A name like this one that nothing has yet. */
  String fresh(String like) {
    String name;
    do {
      name = like + "_" + lastNumber.merge(like, 1, Integer::sum);
    } while (!taken.add(name));
    return name;
  }

  /** A prefix like {@code name/} that no name starts with yet. */
  String freshPrefix(String like) {
    String prefix = like + "/";
    while (startsAny(prefix)) {
      prefix = like + "_" + lastNumber.merge(like, 1, Integer::sum) + "/";
    }
    taken.add(prefix);
    return prefix;
  }

  private boolean startsAny(String prefix) {
    String next = taken.ceiling(prefix);
    return next != null && next.startsWith(prefix);
  }
}
