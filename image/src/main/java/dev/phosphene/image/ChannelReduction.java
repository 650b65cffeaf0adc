package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;

/** From an attribution with a number for every channel to one number for every position. */
public enum ChannelReduction {
  /**
   * The largest value over channels, with its sign: keras-vis' saliency. Of absolute gradients it
   * is their largest magnitude (Simonyan et al., <a href="https://arxiv.org/abs/1312.6034">Deep
   * Inside Convolutional Networks</a>, section 3.1).
   */
  LARGEST(Float.NEGATIVE_INFINITY) {
    @Override
    float joined(float reduced, float value) {
      return Math.max(reduced, value);
    }
  },
  /** The largest absolute value over channels. */
  LARGEST_MAGNITUDE(0) {
    @Override
    float joined(float reduced, float value) {
      return Math.max(reduced, Math.abs(value));
    }
  },
  /** The sum over channels, with its sign. */
  SUM(0) {
    @Override
    float joined(float reduced, float value) {
      return reduced + value;
    }
  };

  /** The reduction of no channels. */
  private final float none;

  ChannelReduction(float none) {
    this.none = none;
  }

  abstract float joined(float reduced, float value);

  /**
   * Reduces the attribution of one input.
   *
   * @param attribution {@code [1, C, spatial...]}, or {@code [1, spatial..., C]} for channels last,
   *     of one to three spatial axes; NaN in a channel makes its position NaN
   * @return float32 {@code [spatial...]}
   * @throws PhospheneException where the shape is another
   */
  public Tensor apply(Tensor attribution, Layout layout) {
    Tensor single = layout.single(attribution);
    long[] sizes = single.sizes();
    if (sizes.length < 2) {
      throw new PhospheneException(
          "An attribution has one to three spatial axes beside batch and channels, found the shape "
              + attribution.shape());
    }
    float[] values = single.toFloats();
    int positions = values.length / (int) sizes[0];
    float[] reduced = new float[positions];
    for (int p = 0; p < positions; p++) {
      float result = none;
      for (int at = p; at < values.length; at += positions) {
        result = joined(result, values[at]);
      }
      reduced[p] = result;
    }
    return Tensor.of(reduced, Arrays.copyOfRange(sizes, 1, sizes.length));
  }
}
