package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Shapes chosen for inputs, and what they say of shapes that a model declares elsewhere. */
final class InputShapes {
  private final Map<String, Shape> chosen;
  private final Map<String, Long> symbols = new HashMap<>();

  /** Whether some size that the model declares was overridden: its other declarations are void. */
  private boolean overridden;

  /**
   * Takes chosen shapes.
   *
   * @throws PhospheneException where one is of no input, of another rank, or gives a symbol a
   *     second size
   */
  InputShapes(Graph graph, Map<String, Shape> chosen) {
    this.chosen = chosen;
    for (Map.Entry<String, Shape> choice : chosen.entrySet()) {
      if (!graph.isInput(choice.getKey())) {
        throw new PhospheneException(
            "There is no input \"%s\" to give a shape; the inputs are %s"
                .formatted(choice.getKey(), graph.inputs().stream().map(Value::name).toList()));
      }
    }
    for (Value input : graph.inputs()) {
      Shape shape = chosen.get(input.name());
      if (shape != null) {
        compare(input, shape);
      }
    }
  }

  private void compare(Value input, Shape shape) {
    if (!input.shape().isRankKnown() || !shape.isRankKnown()) {
      return;
    }
    if (input.rank() != shape.rank()) {
      throw new PhospheneException(
          "Input \"%s\" should have %d axes as %s, found %s"
              .formatted(input.name(), input.rank(), input.shape(), shape));
    }
    for (int axis = 0; axis < shape.rank(); axis++) {
      Dimension declared = input.shape().dimension(axis);
      long size = shape.size(axis);
      if (declared.isKnown()) {
        overridden |= declared.size() != size;
      } else if (declared.symbol() != null && size >= 0) {
        Long known = symbols.putIfAbsent(declared.symbol(), size);
        if (known != null && known != size) {
          throw new PhospheneException(
              "Input \"%s\" should be %s with %s = %d, found %s"
                  .formatted(input.name(), input.shape(), declared.symbol(), known, shape));
        }
      }
    }
  }

  /** The shape of an input. */
  Shape of(Value input) {
    Shape shape = chosen.get(input.name());
    return shape != null ? shape : substitute(input.shape());
  }

  /** What a declaration of a value inside the model still says. */
  Value declared(Value value) {
    Shape shape = value.shape();
    if (overridden && shape.isRankKnown()) {
      shape = Shape.ofRank(shape.rank());
    }
    return new Value(value.name(), value.type(), substitute(shape));
  }

  private Shape substitute(Shape shape) {
    if (!shape.isRankKnown() || symbols.isEmpty()) {
      return shape;
    }
    List<Dimension> sizes = new ArrayList<>();
    for (Dimension dimension : shape.dimensions()) {
      Long size = dimension.symbol() == null ? null : symbols.get(dimension.symbol());
      sizes.add(size == null ? dimension : Dimension.of(size));
    }
    return Shape.of(sizes);
  }
}
