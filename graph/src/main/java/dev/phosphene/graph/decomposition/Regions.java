package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** RoiAlign: boxes cut into bins, of which each is the mean or maximum of bilinear samples. */
final class Regions {
  private Regions() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(OperatorType.of("RoiAlign"), Regions::align);
  }

  /** Image {@code [N, C, H, W]}, boxes {@code [R, 4]}, their images {@code [R]}. */
  private static List<Value> align(Composite node) {
    long samples = node.attributes().integer("sampling_ratio", 0);
    if (samples < 1) {
      throw node.error(
          "a gradient with sampling_ratio 0, where the number of samples depends on the boxes, is"
              + " not supported; export the model with a ratio such as 2");
    }
    Value image = node.input(0);
    long[] sizes = node.sizes(image);
    long boxes = node.sizes(node.input(1))[0];
    long rows = node.attributes().integer("output_height", 1);
    long columns = node.attributes().integer("output_width", 1);
    Value y = positions(node, 1, rows, samples);
    Value x = positions(node, 0, columns, samples);
    y = node.reshape(y, boxes, rows * samples, 1);
    x = node.reshape(x, boxes, 1, columns * samples);
    Value inside = node.multiply(inside(node, y, sizes[2]), inside(node, x, sizes[3]));
    Value batch = node.cast(node.input(2), ElementType.INT64);
    Value first =
        node.reshape(
            node.multiply(batch, node.constant(Tensor.scalar(sizes[2] * sizes[3]))), boxes, 1, 1);
    Value pixels =
        node.reshape(node.transpose(image, 0, 2, 3, 1), sizes[0] * sizes[2] * sizes[3], sizes[1]);
    BilinearSamples sampler = new BilinearSamples(node, pixels, first, sizes[2], sizes[3]);
    List<Value> neighbours =
        sampler.neighbours(
            sampler.clipped(y, sizes[2]), sampler.clipped(x, sizes[3]), inside, false);
    boolean maximum = node.attributes().text("mode", "avg").equals("max");
    Value combined = node.apply(maximum ? "Max" : "Sum", neighbours.toArray(Value[]::new));
    Value binned = node.reshape(combined, boxes, rows, samples, columns, samples, sizes[1]);
    Value pooled = node.reduce(maximum ? "ReduceMax" : "ReduceMean", binned, false, 2, 4);
    return List.of(node.transpose(pooled, 0, 3, 1, 2));
  }

  /** Where the samples of each box lie along one axis: {@code [R, bins * samples]}. */
  private static Value positions(Composite node, int axis, long bins, long samples) {
    Value boxes = node.input(1);
    boolean half =
        node.attributes().text("coordinate_transformation_mode", "half_pixel").equals("half_pixel");
    double scale = node.attributes().real("spatial_scale", 1);
    Value start = edge(node, boxes, axis, scale, half);
    Value end = edge(node, boxes, axis + 2, scale, half);
    Value length = node.subtract(end, start);
    if (!half) {
      length = node.apply("Max", length, node.scalarLike(length, 1));
    }
    double[] shares = new double[Math.toIntExact(bins * samples)];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (i + 0.5) / shares.length;
    }
    Value within = node.constant(Tensor.converted(boxes.type(), shares, 1, shares.length));
    return node.add(start, node.multiply(length, within));
  }

  private static Value edge(Composite node, Value boxes, int column, double scale, boolean half) {
    Value edge = node.multiply(node.slice(boxes, 1, column, column + 1), scale);
    return half ? node.add(edge, -0.5) : edge;
  }

  /** 1 for samples less than one pixel outside, else 0. */
  private static Value inside(Composite node, Value coordinate, long length) {
    Value fromCentre = node.absolute(node.add(coordinate, -(length - 1) / 2.0));
    Value limit = node.scalarLike(coordinate, (length + 1) / 2.0);
    Value counts = node.apply("LessOrEqual", fromCentre, limit);
    return node.indicator(counts, coordinate);
  }
}
