package dev.phosphene.model.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;

/** Layers that move, repeat, add or leave out positions. */
final class Reshapings {
  private Reshapings() {}

  static void register(Registration table) {
    table
        .layer("Reshape", Reshapings::reshape)
        .layer("Flatten", Reshapings::flatten)
        .layer("Permute", Reshapings::permute)
        .layer("RepeatVector", Reshapings::repeat);
    for (int axes = 1; axes <= 3; axes++) {
      int spatial = axes;
      table
          .layer("ZeroPadding%dD".formatted(axes), call -> pad(call, spatial))
          .layer("Cropping%dD".formatted(axes), call -> crop(call, spatial))
          .layer("UpSampling%dD".formatted(axes), call -> enlarge(call, spatial));
    }
  }

  private static Value reshape(LayerCall call) {
    long[] target = call.config().integers("target_shape");
    long[] sizes = new long[target.length + 1]; // 0: the batch stays as it is
    System.arraycopy(target, 0, sizes, 1, target.length);
    if (Arrays.stream(target).anyMatch(size -> size < -1 || size == 0)
        || Arrays.stream(target).filter(size -> size == -1).count() > 1) {
      throw call.config().unexpected("target_shape", "sizes above 0, and at most one -1");
    }
    return call.graph().reshape(call.input(), sizes);
  }

  /** In the order of channels last, wherever the input has them. */
  private static Value flatten(LayerCall call) {
    Emitter graph = call.graph();
    Value x = call.input();
    if (x.rank() == 1) {
      return graph.unsqueeze(x, 1);
    }
    if (call.isChannelsFirst() && x.rank() > 2) {
      int[] order = new int[x.rank()];
      for (int axis = 1; axis < order.length - 1; axis++) {
        order[axis] = axis + 1;
      }
      order[order.length - 1] = 1;
      x = graph.transpose(x, order);
    }
    return graph.reshape(x, 0, -1);
  }

  private static Value permute(LayerCall call) {
    Value x = call.input();
    long[] dims = call.config().integers("dims", x.rank() - 1, 0); // counted from 1
    int[] order = new int[x.rank()];
    boolean[] seen = new boolean[x.rank()];
    for (int axis = 1; axis < order.length; axis++) {
      long from = dims[axis - 1];
      if (from < 1 || from >= order.length || seen[(int) from]) {
        throw call.config().unexpected("dims", "each axis once, counted from 1");
      }
      seen[(int) from] = true;
      order[axis] = (int) from;
    }
    return call.graph().transpose(x, order);
  }

  private static Value repeat(LayerCall call) {
    Emitter graph = call.graph();
    Value row = graph.unsqueeze(call.input(2), 1);
    return graph.apply("Tile", row, graph.integers(1, call.config().count("n"), 1));
  }

  /** Padding or cropping along each spatial axis: one number, one an axis, or two an axis. */
  private static long[][] margins(LayerCall call, String key, int axes) {
    JsonNode given = call.config().node(key);
    long[][] margins = new long[axes][2];
    boolean isPair = axes == 1 && given.isArray() && given.size() == 2;
    for (int axis = 0; axis < axes; axis++) {
      JsonNode along = isPair || !given.isArray() ? given : given.path(axis);
      for (int end = 0; end < 2; end++) {
        JsonNode margin = along.isArray() ? along.path(end) : along;
        if (!given.isMissingNode() && (!margin.isIntegralNumber() || margin.longValue() < 0)) {
          throw call.config().unexpected(key, "integers from 0");
        }
        margins[axis][end] = given.isMissingNode() ? 1 : margin.longValue();
      }
    }
    return margins;
  }

  private static int firstSpatial(LayerCall call) {
    return call.isChannelsFirst() ? 2 : 1;
  }

  private static Value pad(LayerCall call, int axes) {
    Value x = call.input(axes + 2);
    long[][] margins = margins(call, "padding", axes);
    long[] pads = new long[2 * x.rank()];
    for (int axis = 0; axis < axes; axis++) {
      pads[firstSpatial(call) + axis] = margins[axis][0];
      pads[x.rank() + firstSpatial(call) + axis] = margins[axis][1];
    }
    return call.graph().padZeros(x, pads);
  }

  private static Value crop(LayerCall call, int axes) {
    Emitter graph = call.graph();
    Value x = call.input(axes + 2);
    long[][] margins = margins(call, "cropping", axes);
    for (int axis = 0; axis < axes; axis++) {
      long end = margins[axis][1] == 0 ? Long.MAX_VALUE : -margins[axis][1];
      if (margins[axis][0] != 0 || margins[axis][1] != 0) {
        x = graph.slice(x, firstSpatial(call) + axis, margins[axis][0], end);
      }
    }
    return x;
  }

  /** Each position becomes several: copies of it, or what lies between it and its neighbours. */
  private static Value enlarge(LayerCall call, int axes) {
    Emitter graph = call.graph();
    long[] factors = call.config().counts("size", axes, 2);
    String interpolation = call.config().text("interpolation", "nearest");
    if (axes == 2 && !interpolation.equals("nearest") && !interpolation.equals("bilinear")) {
      return ImageSizes.enlarged(call, interpolation, factors);
    }
    Value x = ChannelOrder.toFirst(call, call.input(axes + 2));
    float[] scales = new float[axes + 2];
    Arrays.fill(scales, 1);
    for (int axis = 0; axis < axes; axis++) {
      scales[axis + 2] = factors[axis];
    }
    Attributes attributes =
        switch (interpolation) {
          case "nearest" ->
              Attributes.of("mode", "nearest", "coordinate_transformation_mode", "asymmetric")
                  .with("nearest_mode", "floor");
          case "bilinear" ->
              Attributes.of("mode", "linear", "coordinate_transformation_mode", "half_pixel");
          default -> throw call.config().unexpected("interpolation", "\"nearest\" or \"bilinear\"");
        };
    Value scale = graph.constant(Tensor.of(scales, scales.length));
    return ChannelOrder.restore(call, graph.apply("Resize", attributes, x, Value.ABSENT, scale));
  }
}
