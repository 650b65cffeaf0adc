package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Shape;
import java.util.List;

/** Operators that broadcast their inputs and work on each element alone. */
final class Elementwise {
  private Elementwise() {}

  static List<OperatorSpec> specs() {
    return List.of(
        new OperatorSpec("Add", 14, Elementwise::broadcast),
        new OperatorSpec("Sub", 14, Elementwise::broadcast),
        new OperatorSpec("Mul", 14, Elementwise::broadcast),
        new OperatorSpec("Div", 14, Elementwise::broadcast));
  }

  private static void broadcast(Inference node) {
    Shape shape = Broadcasting.broadcast(node, node.shape(0), node.shape(1));
    node.output(0, node.type(0), shape);
  }
}
