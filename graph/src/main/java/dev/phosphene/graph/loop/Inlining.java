package dev.phosphene.graph.loop;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Renaming;
import dev.phosphene.graph.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Copies the nodes of a body into another graph. */
public final class Inlining {
  private Inlining() {}

  /**
   * Adds the nodes of a body, of which types and shapes are inferred again.
   *
   * @param target sees what the body reads of the graph around it
   * @param arguments values that take the place of the body's inputs, an entry each
   * @return the body's outputs; one may be an argument or a value around the body
   */
  public static List<Value> into(GraphBuilder target, Graph body, List<Value> arguments) {
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      names.put(body.inputs().get(i).name(), arguments.get(i).name());
    }
    body.constants().forEach((name, tensor) -> names.put(name, target.constant(tensor).name()));
    for (Node node : body.nodes()) {
      for (String output : node.outputs()) {
        if (!output.isEmpty()) {
          names.put(output, target.freshName(output));
        }
      }
    }
    Map<String, Value> known = new HashMap<>();
    Renaming.rename(body.values(), names).forEach(value -> known.put(value.name(), value));
    for (Node node : body.nodes()) {
      Node renamed = Renaming.rename(node, names);
      target.add(
          renamed, renamed.outputs().stream().filter(known::containsKey).map(known::get).toList());
    }
    return body.outputs().stream()
        .map(output -> target.value(names.getOrDefault(output, output)))
        .toList();
  }
}
