package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Set;

/**
 * Layers that give images another size. Resampling is linear along each axis, so that it is a
 * product with a matrix an axis: {@link ResamplingWeights}.
 */
final class ImageSizes {
  private static final Set<String> INTERPOLATIONS =
      Set.of("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5");

  /** A matrix has a weight for each pair of an input and an output position of an axis. */
  private static final long MOST_WEIGHTS = 16L << 20;

  private ImageSizes() {}

  static void register(Registration table) {
    table.layer("Resizing", ImageSizes::resize).layer("CenterCrop", ImageSizes::cropCenter);
  }

  private static int firstSpatial(LayerCall call) {
    return call.isChannelsFirst() ? 2 : 1;
  }

  private static Value floating(LayerCall call) {
    return call.graph().cast(call.input(4), ElementType.FLOAT32);
  }

  private static long[] target(LayerCall call) {
    return new long[] {call.config().count("height"), call.config().count("width")};
  }

  /** What {@code UpSampling2D} gives for interpolations that the operator Resize has otherwise. */
  static Value enlarged(LayerCall call, String interpolation, long[] factors) {
    Value x = call.input(4);
    int first = firstSpatial(call);
    long[] target = {
      call.size(x, first) * factors[0], call.size(x, first + 1) * factors[1],
    };
    return resampled(call, x, interpolation, false, target);
  }

  private static Value resize(LayerCall call) {
    Value x = floating(call);
    long[] target = target(call);
    if (call.config().flag("crop_to_aspect_ratio", false)) {
      x = cropped(call, x, target);
    } else if (call.config().flag("pad_to_aspect_ratio", false)) {
      x = padded(call, x, target);
    }
    String interpolation = call.config().text("interpolation", "bilinear");
    return resampled(call, x, interpolation, call.config().flag("antialias", false), target);
  }

  private static Value cropCenter(LayerCall call) {
    Value x = floating(call);
    long[] target = target(call);
    int first = firstSpatial(call);
    long height = call.size(x, first);
    long width = call.size(x, first + 1);
    if (height < target[0] || width < target[1]) {
      return resampled(call, cropped(call, x, target), "bilinear", false, target);
    }
    return window(call, x, (height - target[0]) / 2, (width - target[1]) / 2, target);
  }

  /** The largest window in the middle that has the target's aspect ratio. */
  private static Value cropped(LayerCall call, Value x, long[] target) {
    int first = firstSpatial(call);
    long height = call.size(x, first);
    long width = call.size(x, first + 1);
    long[] kept = {
      Math.max(1, Math.min(height, (long) ((float) (width * target[0]) / target[1]))),
      Math.max(1, Math.min(width, (long) ((float) (height * target[1]) / target[0])))
    };
    return window(call, x, (height - kept[0]) / 2, (width - kept[1]) / 2, kept);
  }

  private static Value window(LayerCall call, Value x, long top, long left, long[] sizes) {
    Emitter graph = call.graph();
    int first = firstSpatial(call);
    return graph.slice(
        graph.slice(x, first, top, top + sizes[0]), first + 1, left, left + sizes[1]);
  }

  /** As much on both sides of the shorter axis as brings it to the target's aspect ratio. */
  private static Value padded(LayerCall call, Value x, long[] target) {
    Emitter graph = call.graph();
    int first = firstSpatial(call);
    long height = call.size(x, first);
    long width = call.size(x, first + 1);
    long tall = Math.max(height, (long) ((float) (width * target[0]) / target[1]));
    long wide = Math.max(width, (long) ((float) (height * target[1]) / target[0]));
    long[] pads = new long[8];
    pads[first] = pads[first + 4] = (tall - height) / 2;
    pads[first + 1] = pads[first + 5] = (wide - width) / 2;
    Value fill = graph.scalarLike(x, call.config().number("fill_value", 0));
    return graph.apply("Pad", x, graph.integers(pads), fill);
  }

  private static Value resampled(
      LayerCall call, Value x, String interpolation, boolean antialias, long[] target) {
    Emitter graph = call.graph();
    if (!INTERPOLATIONS.contains(interpolation)) {
      throw call.config()
          .unexpected("interpolation", "nearest, bilinear, bicubic, lanczos3 or lanczos5");
    }
    int first = firstSpatial(call);
    double[][] rows = weights(call, x, first, interpolation, antialias, target[0]);
    double[][] columns = weights(call, x, first + 1, interpolation, antialias, target[1]);
    if (call.isChannelsFirst()) {
      Value high = graph.matrixMultiply(matrix(graph, rows), x);
      return graph.matrixMultiply(high, graph.transpose(matrix(graph, columns), 1, 0));
    }
    long channels = call.size(x, 3);
    Value wide = graph.matrixMultiply(matrix(graph, columns), x);
    Value flat = graph.reshape(wide, 0, 0, target[1] * channels);
    Value high = graph.matrixMultiply(matrix(graph, rows), flat);
    return graph.reshape(high, 0, target[0], target[1], channels);
  }

  private static double[][] weights(
      LayerCall call, Value x, int axis, String interpolation, boolean antialias, long target) {
    long size = call.size(x, axis);
    if (size > MOST_WEIGHTS || target > MOST_WEIGHTS || size * target > MOST_WEIGHTS) {
      throw call.error(
          "%d positions to %d along an axis are more than fit; resize the images before"
              .formatted(size, target));
    }
    return ResamplingWeights.of(interpolation, antialias, (int) size, (int) target);
  }

  /** A matrix as a constant. */
  static Value matrix(Emitter graph, double[][] rows) {
    int width = rows[0].length;
    float[] elements = new float[rows.length * width];
    for (int row = 0; row < rows.length; row++) {
      for (int column = 0; column < width; column++) {
        elements[row * width + column] = (float) rows[row][column];
      }
    }
    return graph.constant(Tensor.of(elements, rows.length, width));
  }
}
