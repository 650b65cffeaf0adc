package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a person said of a model's inputs.
 *
 * @param main name of the input that is looked at; empty where it is to be found
 * @param shapes by name of the input, all sizes known
 * @param held values of inputs by their names, each of the input's type
 */
record GivenInputs(String main, Map<String, Shape> shapes, Map<String, Tensor> held) {
  static final GivenInputs NONE = new GivenInputs("", Map.of(), Map.of());

  /** Elements of one input; more do not fit into memory together with a network's activations. */
  private static final long LARGEST_INPUT = 1L << 28;

  GivenInputs {
    shapes = Collections.unmodifiableMap(new LinkedHashMap<>(shapes));
    held = Collections.unmodifiableMap(new LinkedHashMap<>(held));
  }

  /** The input that is looked at, in the place of what is found. */
  GivenInputs withMain(Graph graph, String model, String input) {
    declared(graph, model, input);
    return new GivenInputs(input, shapes, held);
  }

  /** A shape of an input, checked against the model and what was given before. */
  GivenInputs withShape(Graph graph, String model, String input, Shape shape) {
    Value declared = declared(graph, model, input);
    double elements = 1;
    for (long size : shape.sizes()) {
      elements *= size < 1 ? Double.NaN : size;
    }
    if (!(elements <= LARGEST_INPUT)) {
      throw new PhospheneException(
          "Shape %s cannot be that of input \"%s\": expected sizes of at least 1, of at most %d elements together"
              .formatted(shape, input, LARGEST_INPUT));
    }
    InputValue.requireFitting(declared, shape);
    Map<String, Shape> more = new LinkedHashMap<>(shapes);
    more.put(input, shape);
    return new GivenInputs(main, more, held).checked(graph);
  }

  /** A value of an input, checked against the model and what was given before. */
  GivenInputs withHeld(Graph graph, String model, String input, Tensor value) {
    Tensor fitting = InputValue.of(declared(graph, model, input), value);
    Map<String, Tensor> more = new LinkedHashMap<>(held);
    more.put(input, fitting);
    return new GivenInputs(main, shapes, more).checked(graph);
  }

  private GivenInputs checked(Graph graph) {
    shapes.forEach(
        (input, shape) -> {
          Tensor value = held.get(input);
          if (value != null && !value.shape().equals(shape)) {
            throw new PhospheneException(
                "Input \"%s\" was given the shape %s and an array of shape %s"
                    .formatted(input, shape, value.shape()));
          }
        });
    symbols(graph);
    return this;
  }

  private static Value declared(Graph graph, String model, String input) {
    if (!graph.isInput(input)) {
      List<String> names = graph.inputs().stream().map(Value::name).toList();
      throw new PhospheneException(
          "Model %s has no input \"%s\"; its %s \"%s\""
              .formatted(
                  model,
                  input,
                  names.size() == 1 ? "only one is" : "inputs are",
                  String.join("\", \"", names)));
    }
    return graph.value(input);
  }

  /** An input with all that is known of its shape. */
  Value known(Graph graph, String input) {
    Value declared = graph.value(input);
    return new Value(input, declared.type(), known(declared, symbols(graph)));
  }

  /** All that is known of an input's shape: as given, else as others say of symbols in it. */
  Shape known(Value input, Map<String, Long> symbols) {
    Tensor value = held.get(input.name());
    if (value != null) {
      return value.shape();
    }
    Shape shape = shapes.getOrDefault(input.name(), input.shape());
    if (!shape.isRankKnown()) {
      return shape;
    }
    List<Dimension> dimensions = new ArrayList<>();
    for (Dimension dimension : shape.dimensions()) {
      Long size = dimension.symbol() == null ? null : symbols.get(dimension.symbol());
      dimensions.add(size == null ? dimension : Dimension.of(size));
    }
    return Shape.of(dimensions);
  }

  /**
   * Sizes of the symbols in the shapes of inputs, such as {@code sequence}.
   *
   * @throws PhospheneException where two inputs give one symbol different sizes
   */
  Map<String, Long> symbols(Graph graph) {
    Map<String, Long> sizes = new HashMap<>();
    shapes.forEach((name, shape) -> learn(graph.value(name), shape, sizes));
    held.forEach((name, value) -> learn(graph.value(name), ofAnyBatch(value.shape()), sizes));
    return sizes;
  }

  /** One array may serve every picture of a batch, so it does not say how many there are. */
  static Shape ofAnyBatch(Shape shape) {
    return shape.rank() > 0 && shape.size(0) == 1 ? shape.with(0, Dimension.unknown()) : shape;
  }

  /** Notes what a shape of an input says of the symbols in the declared one. */
  static void learn(Value declared, Shape shape, Map<String, Long> sizes) {
    if (!declared.shape().isRankKnown() || declared.rank() != shape.rank()) {
      return;
    }
    for (int axis = 0; axis < shape.rank(); axis++) {
      String symbol = declared.shape().dimension(axis).symbol();
      if (symbol == null || shape.size(axis) < 0) {
        continue;
      }
      Long known = sizes.putIfAbsent(symbol, shape.size(axis));
      if (known != null && known != shape.size(axis)) {
        throw new PhospheneException(
            "Input \"%s\" should have the shape %s with %s = %d, as other inputs have it, found %s"
                .formatted(declared.name(), declared.shape(), symbol, known, shape));
      }
    }
  }
}
