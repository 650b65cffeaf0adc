package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * DeformConv: a convolution of two spatial axes that reads each tap at an offset of its own,
 * between the pixels, as columns of samples times the weights.
 */
final class DeformableConvolution {
  private DeformableConvolution() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(OperatorType.of("DeformConv"), DeformableConvolution::convolve);
  }

  /** Inputs: x, weights, offsets, bias, mask. */
  private static List<Value> convolve(Composite node) {
    long[] image = node.sizes(node.input(0));
    if (image.length != 4) {
      throw node.error("expected an input of two spatial axes, found " + node.input(0).shape());
    }
    long[] weights = node.sizes(node.input(1));
    long[] offsets = node.sizes(node.input(2));
    long taps = weights[2] * weights[3];
    long positions = offsets[2] * offsets[3];
    long parts = node.attributes().integer("offset_group", 1);
    Value moved = node.reshape(node.input(2), image[0], parts, taps, 2, positions);
    List<Value> both = node.split(moved, 3, 1, 1);
    Value y = node.add(node.squeeze(both.get(0), 3), grid(node, 0, weights, offsets));
    Value x = node.add(node.squeeze(both.get(1), 3), grid(node, 1, weights, offsets));
    Value inside =
        node.has(4)
            ? node.reshape(node.input(4), image[0], parts, taps, positions)
            : node.scalarLike(y, 1);
    Value sampled = sampled(node, image, parts, y, x, inside);
    // [N, parts, taps, positions, C / parts] to columns [N, group, C / group * taps, positions].
    long groups = node.attributes().integer("group", 1);
    Value columns =
        node.reshape(
            node.transpose(sampled, 0, 1, 4, 2, 3),
            image[0],
            groups,
            image[1] / groups * taps,
            positions);
    Value kernels = node.reshape(node.input(1), groups, weights[0] / groups, weights[1] * taps);
    Value product =
        node.reshape(
            node.matrixMultiply(kernels, columns), image[0], weights[0], offsets[2], offsets[3]);
    return List.of(
        node.has(3) ? node.add(product, node.reshape(node.input(3), weights[0], 1, 1)) : product);
  }

  private static Value sampled(
      Composite node, long[] image, long parts, Value y, Value x, Value inside) {
    long pixels = image[2] * image[3];
    long channels = image[1] / parts;
    Value rows =
        node.reshape(
            node.transpose(
                node.reshape(node.input(0), image[0], parts, channels, pixels), 0, 1, 3, 2),
            image[0] * parts * pixels,
            channels);
    long[] first = new long[Math.toIntExact(image[0] * parts)];
    for (int i = 0; i < first.length; i++) {
      first[i] = i * pixels;
    }
    Value starts = node.constant(Tensor.of(first, image[0], parts, 1, 1));
    BilinearSamples sampler = new BilinearSamples(node, rows, starts, image[2], image[3]);
    List<Value> neighbours = sampler.neighbours(y, x, inside, true);
    return node.apply("Sum", neighbours.toArray(Value[]::new));
  }

  /** Where the taps lie without offsets, along one axis: {@code [taps, positions]}. */
  private static Value grid(Composite node, int axis, long[] weights, long[] offsets) {
    long[] pads = node.attributes().integers("pads").orElse(new long[4]);
    long stride = node.attributes().integers("strides").orElse(new long[] {1, 1})[axis];
    long dilation = node.attributes().integers("dilations").orElse(new long[] {1, 1})[axis];
    int taps = Math.toIntExact(weights[2] * weights[3]);
    int positions = Math.toIntExact(offsets[2] * offsets[3]);
    double[] grid = new double[Math.multiplyExact(taps, positions)];
    for (int tap = 0; tap < taps; tap++) {
      long within = axis == 0 ? tap / weights[3] : tap % weights[3];
      for (int position = 0; position < positions; position++) {
        long output = axis == 0 ? position / offsets[3] : position % offsets[3];
        grid[tap * positions + position] = output * stride - pads[axis] + within * dilation;
      }
    }
    return node.constant(Tensor.converted(type(node), grid, taps, positions));
  }

  private static ElementType type(Composite node) {
    return node.input(0).type();
  }
}
