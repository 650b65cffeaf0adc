package dev.phosphene.model.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One call of a layer, while its nodes are made.
 *
 * @param name of the layer, with the names of models around it
 * @param className of the layer, as Keras has it
 * @param config what {@code get_config()} gave
 * @param weights in the order of {@code layer.weights}
 * @param positional what the layer is called with
 * @param named what the layer is called with, by keyword
 * @param graph where nodes go
 * @param constants adds a constant under a name of this layer, or finds the one that an earlier
 *     call of the layer added
 * @param inner builds layers within this one
 * @param kerasVersion major version of the Keras that wrote the file; some defaults changed
 */
public record LayerCall(
    String name,
    String className,
    LayerConfig config,
    LayerWeights weights,
    List<Argument<Value>> positional,
    Map<String, Argument<Value>> named,
    Emitter graph,
    BiFunction<String, Tensor, Value> constants,
    InnerLayers inner,
    int kerasVersion) {
  public LayerCall {
    positional = List.copyOf(positional);
    named = Map.copyOf(named);
  }

  /** The same call with another configuration, such as that of a cell within the layer. */
  LayerCall withConfig(LayerConfig other) {
    return new LayerCall(
        name, className, other, weights, positional, named, graph, constants, inner, kerasVersion);
  }

  /** The same call, writing nodes into a body. */
  LayerCall within(Emitter body) {
    return new LayerCall(
        name, className, config, weights, positional, named, body, constants, inner, kerasVersion);
  }

  /** The same call with one more argument by keyword. */
  public LayerCall with(String keyword, Value tensor) {
    Map<String, Argument<Value>> more = new HashMap<>(named);
    more.put(keyword, new Argument.Given<>(tensor));
    return new LayerCall(
        name, className, config, weights, positional, more, graph, constants, inner, kerasVersion);
  }

  /** All tensors that the layer is called with, those by keyword left out. */
  public List<Value> inputs() {
    return positional.stream().flatMap(argument -> argument.tensors().stream()).toList();
  }

  /**
   * The one tensor that the layer is called with (the first of them, where there are more).
   *
   * @throws PhospheneException where there is none, or its rank is not known
   */
  public Value input() {
    List<Value> inputs = inputs();
    if (inputs.isEmpty()) {
      throw error("it is called without a tensor");
    }
    if (!inputs.get(0).shape().isRankKnown()) {
      throw error("the rank of its input cannot be found");
    }
    return inputs.get(0);
  }

  /**
   * The input, which has so many axes.
   *
   * @throws PhospheneException where it has not
   */
  public Value input(int rank) {
    Value input = input();
    if (input.rank() != rank) {
      throw error("its input has shape %s, expected %d axes".formatted(input.shape(), rank));
    }
    return input;
  }

  /**
   * The next weight, in the order of {@code layer.weights}.
   *
   * @param what as messages call it, such as {@code kernel}
   * @param sizes that it must have, -1 for any
   * @throws PhospheneException where the file has no such weight, or it has other sizes
   */
  public Tensor weight(String what, long... sizes) {
    return checked(weights.next(what), what, sizes);
  }

  /** A weight that was read, if it has these sizes, -1 for any. */
  public Tensor checked(Tensor weight, String what, long... sizes) {
    boolean fits = weight.rank() == sizes.length;
    for (int axis = 0; fits && axis < sizes.length; axis++) {
      fits = sizes[axis] < 0 || sizes[axis] == weight.sizes()[axis];
    }
    if (!fits) {
      throw error(
          "its weight \"%s\" has shape %s, expected %s"
              .formatted(what, weight.shape(), Shape.of(sizes)));
    }
    return weight;
  }

  /** A constant of the graph for a weight, shared by all calls of the layer. */
  public Value constant(String what, Tensor tensor) {
    return constants.apply(what, tensor);
  }

  /** A floating-point constant of these numbers, for the element type of the input. */
  public Value constant(double... elements) {
    return graph.constant(Tensor.converted(ElementType.FLOAT32, elements, elements.length));
  }

  /** Calls a layer, or a model, that stands in this layer's configuration under a key. */
  public List<Value> callInner(String key, String attribute, List<Value> inputs) {
    return inner.call(this, config.node(key), attribute, inputs);
  }

  /** A keyword argument that is no tensor; null where it is not given, or is None. */
  public @Nullable JsonNode option(String keyword) {
    return named.get(keyword) instanceof Argument.Plain<Value> plain && !plain.value().isNull()
        ? plain.value()
        : null;
  }

  /** Whether channels come before the spatial axes. */
  public boolean isChannelsFirst() {
    return config.text("data_format", "channels_last").equals("channels_first");
  }

  /** The axis of channels of a value that the layer works on. */
  public int channelAxis(Value value) {
    return isChannelsFirst() ? 1 : value.rank() - 1;
  }

  /**
   * An axis as configurations give it, negative from the last.
   *
   * @throws PhospheneException where the value has no such axis
   */
  public int axis(long axis, Value value) {
    long counted = axis < 0 ? axis + value.rank() : axis;
    if (counted < 0 || counted >= value.rank()) {
      throw error("it works along axis %d of an input of shape %s".formatted(axis, value.shape()));
    }
    return (int) counted;
  }

  /**
   * The size of a value along an axis.
   *
   * @throws PhospheneException where it is not known
   */
  public long size(Value value, int axis) {
    long size = value.size(axis);
    if (size < 0) {
      throw error(
          "it needs to know the size of its input along axis %d, found shape %s"
              .formatted(axis, value.shape()));
    }
    return size;
  }

  /** An error that names the layer. */
  public PhospheneException error(String problem) {
    return new PhospheneException("layer \"%s\" (%s): %s".formatted(name, className, problem));
  }
}
