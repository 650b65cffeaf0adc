package dev.phosphene.gradient;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;

/**
 * Zeros and ones that say where a value is beyond a threshold, to multiply gradients with.
 *
 * <p>For float32 a mask is a very steep HardSigmoid: unlike comparisons it stays in the blocked
 * channel layout in which ONNX Runtime computes convolutions. The slope is a power of two, so that
 * a value equal to the threshold gives exactly 0 whether or not the processor fuses multiplication
 * and addition; a value beyond it by at least 2^-100 gives exactly 1.
 */
public final class Masks {
  private static final float SLOPE = 0x1p100f;

  /** Above this, slope times threshold comes near the end of float32's range. */
  private static final double LARGEST_THRESHOLD = 0x1p20;

  private Masks() {}

  /** 1 where a value is above zero, else 0. */
  public static Value positive(Emitter emitter, Value value) {
    return above(emitter, value, 0);
  }

  /** 1 where a value is above a threshold, else 0. */
  public static Value above(Emitter emitter, Value value, double threshold) {
    if (isSteep(value, threshold)) {
      return steep(emitter, value, SLOPE, threshold);
    }
    Value limit = emitter.scalarLike(value, threshold);
    return emitter.indicator(emitter.greater(value, limit), value);
  }

  /** 1 where a value is below a threshold, else 0. */
  public static Value below(Emitter emitter, Value value, double threshold) {
    if (isSteep(value, threshold)) {
      return steep(emitter, value, -SLOPE, threshold);
    }
    Value limit = emitter.scalarLike(value, threshold);
    return emitter.indicator(emitter.less(value, limit), value);
  }

  /** 1 where a value is strictly between two thresholds, else 0. */
  public static Value between(Emitter emitter, Value value, double low, double high) {
    // The runtime multiplies faster than it takes the minimum of the two distances.
    return emitter.multiply(above(emitter, value, low), below(emitter, value, high));
  }

  private static boolean isSteep(Value value, double threshold) {
    return value.type() == ElementType.FLOAT32 && Math.abs(threshold) <= LARGEST_THRESHOLD;
  }

  private static Value steep(Emitter emitter, Value value, float slope, double threshold) {
    float offset = -slope * (float) threshold;
    return emitter.apply("HardSigmoid", Attributes.of("alpha", slope, "beta", offset), value);
  }
}
