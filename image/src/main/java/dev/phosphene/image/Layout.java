package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import java.util.stream.IntStream;

/** Where the channel axis of a tensor of inputs lies; of pictures, but also of signals, volumes. */
public enum Layout {
  /** {@code [N, C, H, W]} or {@code [C, H, W]}. */
  CHANNELS_FIRST,
  /** {@code [N, H, W, C]} or {@code [H, W, C]}. */
  CHANNELS_LAST;

  /** Axes of one input beside batch and channels: none for a vector, three for a volume. */
  private static final int MOST_SPATIAL_AXES = 3;

  /**
   * One input, or an attribution of its shape, without batch axis and with channels first.
   *
   * @param one {@code [1, C, spatial...]} or {@code [1, spatial..., C]}, as this layout says, of at
   *     most three spatial axes
   * @return float32 {@code [C, spatial...]}
   * @throws PhospheneException where the shape is another
   */
  public Tensor single(Tensor one) {
    long[] sizes = one.sizes();
    int spatialAxes = sizes.length - 2;
    if (spatialAxes < 0 || spatialAxes > MOST_SPATIAL_AXES || sizes[0] != 1 || one.elements() < 1) {
      throw new PhospheneException(
          "One input has the shape %s with one to three spatial axes, found %s"
              .formatted(
                  this == CHANNELS_FIRST ? "[1, C, spatial...]" : "[1, spatial..., C]",
                  one.shape()));
    }
    boolean first = this == CHANNELS_FIRST;
    int channels = (int) sizes[first ? 1 : sizes.length - 1];
    long[] newSizes =
        IntStream.rangeClosed(0, spatialAxes)
            .mapToLong(axis -> axis == 0 ? channels : sizes[first ? axis + 1 : axis])
            .toArray();
    float[] values = one.toFloats();
    if (first) {
      return Tensor.of(values, newSizes);
    }
    float[] moved = new float[values.length];
    int positions = values.length / channels;
    for (int p = 0; p < positions; p++) {
      for (int c = 0; c < channels; c++) {
        moved[c * positions + p] = values[p * channels + c];
      }
    }
    return Tensor.of(moved, newSizes);
  }
}
