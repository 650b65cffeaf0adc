package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Grids of positions under affine maps, and crops and paddings around the centre. */
final class Geometry {
  private Geometry() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(
        OperatorType.of("AffineGrid"), Geometry::grid,
        OperatorType.of("CenterCropPad"), Geometry::centre,
        OperatorType.of("Compress"), Geometry::compress);
  }

  /**
   * {@code [N, 2, 3]} or {@code [N, 3, 4]} times every position: {@code [N, (D,) H, W, 2 or 3]}.
   */
  private static List<Value> grid(Composite node) {
    long[] sizes = node.constant(1, "size").toLongs();
    boolean corners = node.attributes().flag("align_corners", false);
    int axes = sizes.length - 2;
    long[] spatial = Arrays.copyOfRange(sizes, 2, sizes.length);
    int count = 1;
    for (long size : spatial) {
      if (corners && size == 1) {
        // The runtime's kernel and the specification differ there.
        throw node.error("a gradient of a grid of one row with align_corners is not supported");
      }
      count = Math.multiplyExact(count, Math.toIntExact(size));
    }
    double[] positions = new double[Math.multiplyExact(count, axes + 1)];
    for (int i = 0; i < count; i++) {
      long rest = i;
      for (int axis = axes - 1; axis >= 0; axis--) {
        // The last spatial axis comes first, as x.
        positions[i * (axes + 1) + axes - 1 - axis] =
            position(rest % spatial[axis], spatial[axis], corners);
        rest /= spatial[axis];
      }
      positions[i * (axes + 1) + axes] = 1;
    }
    Value base = node.constant(Tensor.converted(node.input(0).type(), positions, count, axes + 1));
    Value mapped = node.multiplyTransposed(base, node.input(0));
    long[] shape = new long[axes + 2];
    shape[0] = sizes[0];
    System.arraycopy(spatial, 0, shape, 1, axes);
    shape[axes + 1] = axes;
    return List.of(node.reshape(mapped, shape));
  }

  private static double position(long index, long size, boolean corners) {
    if (!corners) {
      return (2.0 * index + 1) / size - 1;
    }
    return 2.0 * index / (size - 1) - 1;
  }

  private static List<Value> centre(Composite node) {
    Value x = node.input(0);
    int rank = node.sizes(x).length;
    long[] wanted = node.constant(1, "shape").toLongs();
    long[] axes = new long[wanted.length];
    Arrays.setAll(axes, i -> i);
    axes = node.attributes().integers("axes").orElse(axes);
    for (int i = 0; i < axes.length; i++) {
      int axis = (int) (axes[i] < 0 ? axes[i] + rank : axes[i]);
      long size = node.sizes(x)[axis];
      long excess = size - wanted[i];
      if (excess > 0) {
        x = node.slice(x, axis, excess / 2, excess / 2 + wanted[i]);
      } else if (excess < 0) {
        long[] pads = new long[2 * rank];
        pads[axis] = -excess / 2;
        pads[rank + axis] = -excess - -excess / 2;
        x = node.padZeros(x, pads);
      }
    }
    return List.of(x);
  }

  /** The entries along an axis, or of all elements, where a constant condition holds. */
  private static List<Value> compress(Composite node) {
    Tensor condition = node.constant(1, "condition");
    long[] kept = new long[condition.elements()];
    int count = 0;
    for (int i = 0; i < condition.elements(); i++) {
      if (condition.getLong(i) != 0) {
        kept[count++] = i;
      }
    }
    boolean whole = !node.attributes().has("axis");
    Value x = whole ? node.reshape(node.input(0), -1) : node.input(0);
    return List.of(
        node.apply(
            "Gather",
            Attributes.of("axis", whole ? 0 : node.attributes().integer("axis", 0)),
            x,
            node.integers(Arrays.copyOf(kept, count))));
  }
}
