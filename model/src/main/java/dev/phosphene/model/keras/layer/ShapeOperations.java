package dev.phosphene.model.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;

/** Operations that move, choose, join and repeat elements. */
final class ShapeOperations {
  /** Outputs of one operation. */
  private static final long MOST_PARTS = 4096;

  /** Along an axis whose elements are repeated. */
  private static final long MOST_POSITIONS = 1 << 22;

  private ShapeOperations() {}

  static void rows(Map<String, LayerBuilder> rows) {
    Operations.row(rows, "Reshape", ShapeOperations::reshape);
    Operations.row(rows, "Ravel", o -> o.graph().reshape(o.input(), -1));
    Operations.row(rows, "Transpose", ShapeOperations::transpose);
    Operations.row(rows, "Swapaxes", ShapeOperations::swap);
    Operations.row(rows, "ExpandDims", ShapeOperations::expand);
    Operations.row(rows, "Squeeze", ShapeOperations::squeeze);
    Operations.row(rows, "Concatenate", ShapeOperations::concatenate);
    Operations.row(rows, "Stack", ShapeOperations::stack);
    rows.put("Split", call -> split(new Operands(call)));
    rows.put("Unstack", call -> unstack(new Operands(call)));
    Operations.row(rows, "GetItem", ShapeOperations::item);
    Operations.row(rows, "Pad", ShapeOperations::pad);
    Operations.row(rows, "Tile", ShapeOperations::tile);
    Operations.row(rows, "Repeat", ShapeOperations::repeat);
    Operations.row(rows, "Flip", ShapeOperations::flip);
    Operations.row(rows, "Cast", ShapeOperations::cast);
    Operations.row(rows, "Take", ShapeOperations::take);
    Operations.row(rows, "Cumsum", ShapeOperations::accumulate);
    rows.put("MaxPool", call -> List.of(pool(call, "MaxPool")));
    rows.put("AveragePool", call -> List.of(pool(call, "AveragePool")));
  }

  private static Value reshape(Operands o) {
    long[] sizes = o.sizes(1, "newshape", "shape");
    if (LongStream.of(sizes).filter(size -> size == -1).count() > 1) {
      sizes[0] = sizes[0] == -1 ? 0 : sizes[0]; // the batch, which stays
    }
    if (LongStream.of(sizes).anyMatch(size -> size < -1)
        || LongStream.of(sizes).filter(size -> size == -1).count() > 1) {
      throw o.call().error("its new shape is %s".formatted(Arrays.toString(sizes)));
    }
    return o.graph().reshape(o.value(0, ElementType.FLOAT32, "x", "tensor"), sizes);
  }

  private static Value transpose(Operands o) {
    Value x = o.input();
    long[] axes = o.integers(1, "axes", "perm");
    int[] order = new int[x.rank()];
    Arrays.setAll(order, axis -> order.length - 1 - axis);
    if (axes.length > 0) {
      if (LongStream.of(axes).map(axis -> o.call().axis(axis, x)).distinct().count() != x.rank()) {
        throw o.call()
            .error("its axes are %s, expected each once".formatted(Arrays.toString(axes)));
      }
      Arrays.setAll(order, axis -> o.call().axis(axes[axis], x));
    }
    return o.graph().transpose(x, order);
  }

  private static Value swap(Operands o) {
    Value x = o.input();
    int[] order = new int[x.rank()];
    Arrays.setAll(order, axis -> axis);
    int first = o.call().axis(o.integer(1, 0, "axis1"), x);
    int second = o.call().axis(o.integer(2, 0, "axis2"), x);
    order[first] = second;
    order[second] = first;
    return o.graph().transpose(x, order);
  }

  private static Value expand(Operands o) {
    Value x = o.input();
    long[] axes = o.integers(1, "axis");
    for (int i = 0; i < axes.length; i++) {
      axes[i] += axes[i] < 0 ? x.rank() + axes.length : 0;
      if (axes[i] < 0 || axes[i] >= x.rank() + axes.length) {
        throw o.call().error("it adds axes to shape %s that it cannot have".formatted(x.shape()));
      }
    }
    return o.graph().unsqueeze(x, axes);
  }

  private static Value squeeze(Operands o) {
    Value x = o.input();
    long[] axes = o.integers(1, "axis");
    return axes.length == 0
        ? o.graph().apply("Squeeze", x)
        : o.graph().squeeze(x, o.axes(x, "axis"));
  }

  private static Value concatenate(Operands o) {
    List<Value> parts = o.inputs();
    int axis = o.call().axis(o.integer(1, -1, "axis"), parts.get(0));
    return o.graph().concatenate(axis, parts);
  }

  private static Value stack(Operands o) {
    List<Value> parts = o.inputs();
    long axis = o.integer(1, 0, "axis");
    long counted = axis < 0 ? axis + parts.get(0).rank() + 1 : axis;
    if (counted < 0 || counted > parts.get(0).rank()) {
      throw o.call().error("it stacks along axis %d".formatted(axis));
    }
    List<Value> rows = parts.stream().map(part -> o.graph().unsqueeze(part, counted)).toList();
    return o.graph().concatenate((int) counted, rows);
  }

  /** Equal parts, or parts that end at some positions, or of some sizes in TensorFlow. */
  private static List<Value> split(Operands o) {
    Value x = o.value(0, ElementType.FLOAT32, "x", "value");
    int axis = o.call().axis(o.integer(2, 0, "axis"), x);
    boolean isKeras = o.call().className().equals("Split");
    JsonNode sections = o.plain(1, "indices_or_sections", "num_or_size_splits");
    long size = o.call().size(x, axis);
    List<Long> sizes = new ArrayList<>();
    if (sections.isIntegralNumber()) {
      long count = sections.longValue();
      if (count < 1 || count > MOST_PARTS || size % count != 0) {
        throw o.call().error("%d positions cannot be in %d equal parts".formatted(size, count));
      }
      for (long part = 0; part < count; part++) {
        sizes.add(size / count);
      }
    } else {
      long before = 0;
      for (JsonNode each : sections) {
        sizes.add(isKeras ? each.asLong() - before : each.asLong());
        before = each.asLong();
      }
      if (isKeras) {
        sizes.add(size - before);
      }
    }
    long[] lengths = sizes.stream().mapToLong(Long::longValue).toArray();
    if (lengths.length > MOST_PARTS
        || LongStream.of(lengths).anyMatch(length -> length < 0)
        || LongStream.of(lengths).sum() != size) {
      throw o.call().error("%d positions cannot be in parts %s".formatted(size, sizes));
    }
    return parts(o.graph(), x, axis, lengths);
  }

  private static List<Value> unstack(Operands o) {
    Value x = o.value(0, ElementType.FLOAT32, "x", "value");
    int axis = o.call().axis(o.integer(2, 0, "axis"), x);
    long size = o.call().size(x, axis);
    if (size > MOST_PARTS) {
      throw o.call().error("%d parts are more than %d".formatted(size, MOST_PARTS));
    }
    long[] ones = new long[(int) size];
    Arrays.fill(ones, 1);
    return parts(o.graph(), x, axis, ones).stream()
        .map(part -> o.graph().squeeze(part, axis))
        .toList();
  }

  private static List<Value> parts(Emitter graph, Value x, int axis, long[] sizes) {
    return graph.apply(
        OperatorType.of("Split"),
        sizes.length,
        Attributes.of("axis", axis),
        List.of(x, graph.integers(sizes)));
  }

  /** {@code x[1:3, ..., None, ::2, 0]}. */
  private static Value item(Operands o) {
    Emitter graph = o.graph();
    Value x = o.value(0, ElementType.FLOAT32, "x", "tensor");
    JsonNode key = o.plain(1, "key", "slice_spec");
    List<JsonNode> items = new ArrayList<>();
    if (key.isArray()) {
      key.forEach(items::add);
    } else {
      items.add(key);
    }
    long used = items.stream().filter(item -> !item.isNull() && !isEllipsis(item)).count();
    Value result = x;
    int axis = 0;
    for (JsonNode item : items) {
      if (isEllipsis(item)) {
        axis += x.rank() - (int) used;
      } else if (item.isNull()) {
        result = graph.unsqueeze(result, axis++);
      } else if (axis >= result.rank()) {
        throw o.call().error("it has more indices than its input %s axes".formatted(x.shape()));
      } else if (item.isIntegralNumber()) {
        long index = item.longValue();
        Value part = graph.slice(result, axis, index, index == -1 ? Long.MAX_VALUE : index + 1);
        result = graph.squeeze(part, axis);
      } else {
        result = sliced(o, result, axis++, item.has("config") ? item.path("config") : item);
      }
    }
    return result;
  }

  private static boolean isEllipsis(JsonNode item) {
    return item.path("class_name").asText("").equals("__ellipsis__")
        || item.asText("").equals("...");
  }

  private static Value sliced(Operands o, Value x, int axis, JsonNode slice) {
    for (String end : List.of("start", "stop", "step")) {
      JsonNode given = slice.path(end);
      if (!slice.has(end) || !(given.isNull() || given.isIntegralNumber())) {
        throw o.call().error("it chooses by other than integers and slices of such");
      }
    }
    long step = slice.path("step").asLong(1);
    step = slice.path("step").isNull() ? 1 : step;
    boolean isBackwards = step < 0;
    JsonNode first = slice.path("start");
    JsonNode last = slice.path("stop");
    if (step == 1 && first.isNull() && last.isNull()) {
      return x;
    }
    long start = first.isNull() ? (isBackwards ? Long.MAX_VALUE : 0) : first.asLong();
    long stop = last.isNull() ? (isBackwards ? Long.MIN_VALUE : Long.MAX_VALUE) : last.asLong();
    return o.graph().slice(x, axis, start, stop, step);
  }

  private static Value pad(Operands o) {
    Value x = o.value(0, ElementType.FLOAT32, "x", "tensor");
    JsonNode widths = o.plain(1, "pad_width", "paddings");
    JsonNode list = widths.isObject() ? widths.path("config").path("value") : widths;
    long[] pads = new long[2 * x.rank()];
    for (int axis = 0; axis < x.rank(); axis++) {
      JsonNode along = list.isArray() && list.path(0).isArray() ? list.path(axis) : list;
      for (int end = 0; end < 2; end++) {
        JsonNode width = along.isArray() ? along.path(along.size() == 1 ? 0 : end) : along;
        if (!width.isIntegralNumber()) {
          throw o.call()
              .error("its padding is %s, expected two integers an axis".formatted(widths));
        }
        pads[axis + end * x.rank()] = width.longValue();
      }
    }
    String mode = o.plain(2, "mode").asText("constant").toLowerCase(Locale.ROOT);
    if (!mode.equals("constant") && !mode.equals("reflect")) {
      throw o.call()
          .error("padding \"%s\" is not supported; export the model as ONNX".formatted(mode));
    }
    Value fill = o.graph().scalarLike(x, o.number(0, "constant_values"));
    return o.graph().apply("Pad", Attributes.of("mode", mode), x, o.graph().integers(pads), fill);
  }

  private static Value tile(Operands o) {
    Value x = o.input();
    long[] repeats = o.integers(1, "repeats", "multiples");
    if (repeats.length != x.rank()) {
      throw o.call().error("it has %d repeats, expected %d".formatted(repeats.length, x.rank()));
    }
    return o.graph().apply("Tile", x, o.graph().integers(repeats));
  }

  /** Each position along an axis so many times. */
  private static Value repeat(Operands o) {
    Value x = o.input();
    long count = o.integer(1, 1, "repeats");
    int axis = o.call().axis(o.integer(2, x.rank(), "axis"), x);
    long size = o.call().size(x, axis);
    if (count < 1 || size > MOST_POSITIONS || count > MOST_POSITIONS / Math.max(1, size)) {
      throw o.call().error("it repeats %d positions %d times".formatted(size, count));
    }
    long[] indices = new long[(int) (size * count)];
    Arrays.setAll(indices, i -> i / count);
    return o.graph().apply("Gather", Attributes.of("axis", axis), x, o.graph().integers(indices));
  }

  private static Value flip(Operands o) {
    Value x = o.input();
    int[] axes = Arrays.stream(o.axes(x, "axis")).mapToInt(axis -> (int) axis).toArray();
    return o.graph().reverse(x, axes);
  }

  private static Value cast(Operands o) {
    JsonNode dtype = o.plain(1, "dtype");
    String name = dtype.isObject() ? dtype.path("config").path("name").asText() : dtype.asText();
    ElementType type =
        switch (name.replace("tf.", "")) {
          case "float32", "float16", "bfloat16", "float64" -> ElementType.FLOAT32;
          case "int32" -> ElementType.INT32;
          case "int64" -> ElementType.INT64;
          case "uint8" -> ElementType.UINT8;
          case "bool" -> ElementType.BOOL;
          default -> throw o.call().error("elements of type \"%s\" are not known".formatted(name));
        };
    return o.graph().cast(o.input(), type);
  }

  private static Value take(Operands o) {
    Value x = o.value(0, ElementType.FLOAT32, "x", "params");
    Value indices = o.value(1, ElementType.INT64, "indices");
    int axis = o.call().axis(o.integer(2, 0, "axis"), x);
    Attributes attributes = Attributes.of("axis", axis);
    return o.graph().apply("Gather", attributes, x, o.graph().cast(indices, ElementType.INT64));
  }

  private static Value accumulate(Operands o) {
    Value x = o.input();
    int axis = o.call().axis(o.integer(1, 0, "axis"), x);
    return o.graph().apply("CumSum", x, o.graph().scalar(ElementType.INT64, axis));
  }

  private static Value pool(LayerCall call, String operator) {
    int axes = call.input().rank() - 2;
    if (axes < 1 || axes > 3) {
      throw call.error("its input has shape %s".formatted(call.input().shape()));
    }
    return Poolings.windows(call, operator, axes);
  }
}
