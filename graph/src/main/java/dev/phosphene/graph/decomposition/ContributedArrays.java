package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Distances, crops and slices of ONNX Runtime's own domain. */
final class ContributedArrays {
  /** More positions than any picture has, so that damaged sizes cost no memory. */
  private static final long MOST_POSITIONS = 1L << 26;

  private ContributedArrays() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(
        type("CDist"), ContributedArrays::distances,
        type("CropAndResize"), ContributedArrays::crop,
        type("UnfoldTensor"), ContributedArrays::unfold);
  }

  private static OperatorType type(String operator) {
    return new OperatorType("com.microsoft", operator);
  }

  /** Between all rows of {@code [M, N]} and of {@code [K, N]}: {@code [M, K]}. */
  private static List<Value> distances(Composite node) {
    Value differences =
        node.subtract(node.unsqueeze(node.input(0), 1), node.unsqueeze(node.input(1), 0));
    String metric = node.attributes().text("metric", "sqeuclidean");
    return switch (metric) {
      case "sqeuclidean" -> List.of(node.reduce("ReduceSumSquare", differences, false, 2));
      case "euclidean" -> List.of(node.reduce("ReduceL2", differences, false, 2));
      default ->
          throw node.error("metric should be euclidean or sqeuclidean, found \"" + metric + '"');
    };
  }

  /**
   * Boxes {@code y1, x1, y2, x2} of pictures, where 0 and 1 are the centres of the outermost
   * pixels; what lies beyond those is a constant.
   */
  private static List<Value> crop(Composite node) {
    long[] crop = node.constant(3, "crop_size").toLongs();
    long boxes = node.sizes(node.input(1))[0];
    Value y = node.reshape(positions(node, 0, crop[0]), boxes, crop[0], 1);
    Value x = node.reshape(positions(node, 1, crop[1]), boxes, 1, crop[1]);
    Value grid =
        node.concatenate(
            3,
            List.of(
                node.unsqueeze(node.expand(x, boxes, crop[0], crop[1]), 3),
                node.unsqueeze(node.expand(y, boxes, crop[0], crop[1]), 3)));
    String mode = node.attributes().text("mode", "bilinear");
    if (!mode.equals("bilinear") && !mode.equals("nearest")) {
      throw node.error("mode should be bilinear or nearest, found \"" + mode + '"');
    }
    Attributes sampling =
        Attributes.of(
            "mode",
            mode.equals("nearest") ? mode : "linear",
            "padding_mode",
            "border",
            "align_corners",
            1);
    Value pictures = node.apply("Gather", node.input(0), node.input(2));
    Value one = node.scalarLike(grid, 1);
    Value centred = node.subtract(node.multiply(grid, 2), one);
    Value samples = node.apply("GridSample", sampling, pictures, centred);
    Value inside = node.apply("And", inside(node, y), inside(node, x)); // [boxes, height, width]
    Value outside = node.scalarLike(samples, node.attributes().real("extrapolation_value", 0));
    return List.of(node.where(node.unsqueeze(inside, 1), samples, outside));
  }

  /** From one edge of each box to the other one, or the middle where there is one position. */
  private static Value positions(Composite node, int edge, long count) {
    Value boxes = node.input(1);
    requireFew(node, count);
    double[] shares = new double[Math.toIntExact(count)];
    Arrays.setAll(shares, i -> count == 1 ? 0.5 : (double) i / (count - 1));
    double[] rests = Arrays.stream(shares).map(share -> 1 - share).toArray();
    Value start = node.slice(boxes, 1, edge, edge + 1);
    Value end = node.slice(boxes, 1, edge + 2, edge + 3);
    return node.add(
        node.multiply(start, node.constant(Tensor.converted(boxes.type(), rests, 1, count))),
        node.multiply(end, node.constant(Tensor.converted(boxes.type(), shares, 1, count))));
  }

  private static void requireFew(Composite node, long positions) {
    if (positions > MOST_POSITIONS) {
      throw node.error(
          "its gradient needs at most %d positions, found %d".formatted(MOST_POSITIONS, positions));
    }
  }

  private static Value inside(Composite node, Value position) {
    return node.apply(
        "And",
        node.apply("GreaterOrEqual", position, node.scalarLike(position, 0)),
        node.apply("LessOrEqual", position, node.scalarLike(position, 1)));
  }

  /** Slices of a size along an axis, that size last. */
  private static List<Value> unfold(Composite node) {
    Value x = node.input(0);
    long[] sizes = node.sizes(x);
    long size = node.attributes().integer("size", 0);
    long step = node.attributes().integer("step", 1);
    long given = node.attributes().integer("dim", -1);
    int axis = (int) (given < 0 ? given + sizes.length : given);
    int count = Math.toIntExact((sizes[axis] - size) / step + 1);
    requireFew(node, Math.multiplyExact(count, size));
    long[] indices = new long[Math.toIntExact(count * size)];
    Arrays.setAll(indices, i -> i / size * step + i % size);
    Value taken =
        node.apply(
            "Gather",
            Attributes.of("axis", axis),
            x,
            node.constant(Tensor.of(indices, count, size)));
    int[] order = new int[sizes.length + 1];
    Arrays.setAll(order, i -> i <= axis ? i : i + 1);
    order[sizes.length] = axis + 1;
    return List.of(node.transpose(taken, order));
  }
}
