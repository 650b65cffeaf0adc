package dev.phosphene.model.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What an operation is called with. Keras 3 has tensors as arguments of the call and the rest in
 * the configuration, tf.keras 2 all but the first tensor by keyword; one name or the other fits.
 *
 * @param call of the operation
 */
record Operands(LayerCall call) {
  /** Where tf.keras 2 has a number as the first argument: {@code [this, -1, number, keywords]}. */
  private static final String CONSTANT = "_CONSTANT_VALUE";

  Emitter graph() {
    return call.graph();
  }

  /** The argument at a position, or under one of some keywords; null where there is none. */
  private @Nullable Argument<Value> argument(int position, String... keywords) {
    if (position < call.positional().size()) {
      Argument<Value> found = call.positional().get(position);
      return found instanceof Argument.Many<Value> many
              && many.items().size() > 2
              && many.items().get(0) instanceof Argument.Plain<Value> mark
              && mark.value().asText().equals(CONSTANT)
          ? many.items().get(2)
          : found;
    }
    for (String keyword : keywords) {
      Argument<Value> found = call.named().get(keyword);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** The tensor that the operation works on. */
  Value input() {
    Value input = value(0, ElementType.FLOAT32, "x", "input", "features", "logits", "a");
    if (!input.shape().isRankKnown()) {
      throw call.error("the rank of its input cannot be found");
    }
    return input;
  }

  /** All tensors of the first argument. */
  List<Value> inputs() {
    Argument<Value> found = argument(0, "xs", "x", "values");
    if (found == null || found.tensors().isEmpty()) {
      throw call.error("it is called without tensors");
    }
    List<Value> values = new ArrayList<>();
    ElementType type = found.tensors().get(0).type();
    if (found instanceof Argument.Many<Value> many) {
      many.items().forEach(item -> values.add(value(item, type)));
      return values;
    }
    return found.tensors();
  }

  boolean hasTensor(int position, String... keywords) {
    return argument(position, keywords) instanceof Argument.Given;
  }

  /** A tensor, or a constant of an element type where a number stands in its place. */
  Value value(int position, ElementType type, String... keywords) {
    Argument<Value> found = argument(position, keywords);
    if (found == null) {
      throw call.error("it is called without an argument " + keywords[0]);
    }
    return value(found, type);
  }

  private Value value(Argument<Value> argument, ElementType type) {
    if (argument instanceof Argument.Given<Value> given) {
      return given.tensor();
    } else if (argument instanceof Argument.Plain<Value> plain) {
      return constant(plain.value(), type);
    }
    throw call.error("an argument is a list with tensors in it; export the model as ONNX");
  }

  /** Two operands of arithmetic, of one element type: that of tensors, floating where one is. */
  List<Value> pair() {
    String[] first = {"x1", "x", "a"};
    String[] second = {"x2", "y", "b"};
    boolean hasFirst = hasTensor(0, first);
    boolean hasSecond = hasTensor(1, second);
    Value a = hasFirst ? value(0, ElementType.FLOAT32, first) : Value.ABSENT;
    Value b = hasSecond ? value(1, ElementType.FLOAT32, second) : Value.ABSENT;
    ElementType type = ElementType.FLOAT32;
    if (hasFirst && hasSecond) {
      type = a.type() == b.type() ? a.type() : ElementType.FLOAT32;
    } else if (hasFirst || hasSecond) {
      type = hasFirst ? a.type() : b.type();
      type = type == ElementType.BOOL ? ElementType.FLOAT32 : type;
    }
    a = hasFirst ? a : value(0, type, first);
    b = hasSecond ? b : value(1, type, second);
    return List.of(graph().cast(a, type), graph().cast(b, type));
  }

  /** A number, a list of numbers, or a tensor in a configuration, as a constant. */
  private Value constant(JsonNode node, ElementType type) {
    JsonNode content = node.isObject() ? node.path("config").path("value") : node;
    List<Long> sizes = new ArrayList<>();
    for (JsonNode inner = content; inner.isArray(); inner = inner.path(0)) {
      sizes.add((long) inner.size());
    }
    double[] elements =
        content.isBoolean()
            ? new double[] {content.booleanValue() ? 1 : 0}
            : new LayerConfig(call.config().layer(), wrapped(content)).numbers("value");
    long[] shape = sizes.stream().mapToLong(Long::longValue).toArray();
    if (LongStream.of(shape).reduce(1, (a, b) -> a * b) != elements.length) {
      throw call.error("a constant that it is called with has rows of different sizes");
    }
    return graph().constant(Tensor.converted(type, elements, shape));
  }

  private static JsonNode wrapped(JsonNode node) {
    return JsonNodeFactory.instance.objectNode().set("value", node);
  }

  /** What is no tensor: from the configuration, or an argument; missing where it is null. */
  JsonNode plain(int position, String... keys) {
    for (String key : keys) {
      if (call.config().has(key)) {
        return call.config().node(key);
      }
    }
    return argument(position, keys) instanceof Argument.Plain<Value> plain
            && !plain.value().isNull()
        ? plain.value()
        : MissingNode.getInstance();
  }

  double number(double otherwise, String... keys) {
    JsonNode found = plain(Integer.MAX_VALUE, keys);
    return found.isNumber() ? found.doubleValue() : otherwise;
  }

  boolean flag(String... keys) {
    return plain(Integer.MAX_VALUE, keys).asBoolean(false);
  }

  long integer(int position, long otherwise, String... keys) {
    JsonNode found = plain(position, keys);
    if (found.isMissingNode()) {
      return otherwise;
    }
    if (!found.isIntegralNumber()) {
      throw call.error("\"%s\" is %s, expected an integer".formatted(keys[0], found));
    }
    return found.longValue();
  }

  /** Integers in a list, or one; none where nothing is given. */
  long[] integers(int position, String... keys) {
    JsonNode found = plain(position, keys);
    if (found.isMissingNode()) {
      return new long[0];
    }
    JsonNode list = found.isObject() ? found.path("config").path("value") : found;
    long[] integers = new long[list.isArray() ? list.size() : 1];
    for (int i = 0; i < integers.length; i++) {
      JsonNode item = list.isArray() ? list.get(i) : list;
      if (!item.isIntegralNumber()) {
        throw call.error("\"%s\" is %s, expected integers".formatted(keys[0], found));
      }
      integers[i] = item.longValue();
    }
    return integers;
  }

  /** Axes of a value, counted from 0; all where none are given. */
  long[] axes(Value x, String... keys) {
    long[] given = integers(1, keys);
    LongStream axes =
        given.length == 0
            ? LongStream.range(0, x.rank())
            : LongStream.of(given).map(axis -> call.axis(axis, x));
    return axes.distinct().sorted().toArray();
  }

  /** Sizes of a new shape: one that a tensor gives is found from the others, as -1 is. */
  long[] sizes(int position, String... keys) {
    if (argument(position, keys) instanceof Argument.Many<Value> many) {
      return many.items().stream()
          .mapToLong(
              item -> item instanceof Argument.Plain<Value> size ? size.value().asLong(-1) : -1)
          .toArray();
    }
    JsonNode found = plain(position, keys);
    long[] sizes = new long[found.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = found.get(i).asLong(-1);
    }
    return sizes;
  }
}
