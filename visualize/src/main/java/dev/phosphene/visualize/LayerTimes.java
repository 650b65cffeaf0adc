package dev.phosphene.visualize;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.session.NodeTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the time of a step goes, by the layers of the network. A layer's time is that of the nodes
 * that it needs and no layer before it does; what is neither a layer's nor its gradient's, such as
 * the image's parameterization, the losses and nodes that the runtime made of several, is the rest.
 *
 * @param rows layers that took time, in the order of the layer table
 * @param rest milliseconds of everything else
 */
public record LayerTimes(List<Row> rows, double rest) {
  /**
   * One layer.
   *
   * @param forward milliseconds of a step
   * @param backward milliseconds of a step
   */
  public record Row(Layer layer, double forward, double backward) {}

  private static final String GRADIENT = "gradient/";

  /** What the runtime adds to the name of a value, to name the node that gives it in its layout. */
  private static final String RUNTIME_LAYOUT = "_nchwc$";

  public LayerTimes {
    rows = List.copyOf(rows);
  }

  /** Milliseconds of a step in all kernels. */
  public double whole() {
    return rest + rows.stream().mapToDouble(row -> row.forward() + row.backward()).sum();
  }

  /** Sums a profile by layers. */
  static LayerTimes of(Model model, List<NodeTime> profile) {
    Map<String, Layer> owners = owners(model);
    Map<Layer, double[]> times = new LinkedHashMap<>();
    model.layers().layers().forEach(layer -> times.put(layer, new double[2]));
    double rest = 0;
    for (NodeTime node : profile) {
      boolean isGradient = node.node().startsWith(GRADIENT);
      String name = node.node().replaceFirst(RUNTIME_LAYOUT, "");
      Layer owner = owner(isGradient ? name.substring(GRADIENT.length()) : name, owners);
      if (owner == null) {
        rest += node.milliseconds();
      } else {
        times.get(owner)[isGradient ? 1 : 0] += node.milliseconds();
      }
    }
    List<Row> rows = new ArrayList<>();
    times.forEach(
        (layer, both) -> {
          if (both[0] + both[1] > 0) {
            rows.add(new Row(layer, both[0], both[1]));
          }
        });
    return new LayerTimes(rows, rest);
  }

  /** Layers by the names of nodes and of what they give. */
  private static Map<String, Layer> owners(Model model) {
    Map<String, Layer> owners = new HashMap<>();
    Set<Node> owned = new HashSet<>();
    for (Layer layer : model.layers().layers()) {
      Graph needed = model.graph().reaching(List.of(layer.output()));
      for (Node node : needed.nodes()) {
        if (owned.add(node)) {
          owners.putIfAbsent(node.name(), layer);
          node.outputs().forEach(output -> owners.putIfAbsent(output, layer));
        }
      }
    }
    return owners;
  }

  /** Nodes that were written for another one have its name before theirs. */
  private static @Nullable Layer owner(String node, Map<String, Layer> owners) {
    for (int end = node.length(); end > 0; end = node.lastIndexOf('/', end - 1)) {
      Layer owner = owners.get(node.substring(0, end));
      if (owner != null) {
        return owner;
      }
    }
    return null;
  }
}
