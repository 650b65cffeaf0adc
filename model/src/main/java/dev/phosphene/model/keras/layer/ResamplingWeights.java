package dev.phosphene.model.keras.layer;

import java.util.function.DoubleUnaryOperator;

/**
 * How much each input position counts in each output position when an axis is resampled, as {@code
 * tf.image.resize} computes it: row o of the matrix {@code [output, input]} has the weights of
 * output position o, whose centre lies at {@code (o + 0.5) * input / output} of the input.
 */
final class ResamplingWeights {
  /** TensorFlow looks cubic weights up in a table with so many steps between two positions. */
  private static final int CUBIC_STEPS = 1024;

  private ResamplingWeights() {}

  /**
   * The weights of an interpolation.
   *
   * @param interpolation {@code nearest}, {@code bilinear}, {@code bicubic}, {@code lanczos3} or
   *     {@code lanczos5}
   * @param antialias whether kernels widen where the output is smaller; nearest never does
   * @throws IllegalArgumentException where there is no such interpolation
   */
  static double[][] of(String interpolation, boolean antialias, int input, int output) {
    return switch (interpolation) {
      case "nearest" -> nearest(input, output);
      case "bilinear" ->
          antialias
              ? spans(x -> Math.max(0, 1 - Math.abs(x)), 1, true, input, output)
              : bilinear(input, output);
      case "bicubic" ->
          antialias
              ? spans(ResamplingWeights::cubic, 2, true, input, output)
              : bicubic(input, output);
      case "lanczos3" -> spans(x -> lanczos(x, 3), 3, antialias, input, output);
      case "lanczos5" -> spans(x -> lanczos(x, 5), 5, antialias, input, output);
      default -> throw new IllegalArgumentException(interpolation);
    };
  }

  private static double center(int position, int input, int output) {
    return (position + 0.5) * input / output;
  }

  private static double[][] nearest(int input, int output) {
    double[][] weights = new double[output][input];
    for (int o = 0; o < output; o++) {
      weights[o][Math.min(input - 1, (int) Math.floor(center(o, input, output)))] = 1;
    }
    return weights;
  }

  private static double[][] bilinear(int input, int output) {
    double[][] weights = new double[output][input];
    for (int o = 0; o < output; o++) {
      double at = center(o, input, output) - 0.5;
      int below = (int) Math.floor(at);
      weights[o][Math.max(0, below)] += 1 - (at - below);
      weights[o][Math.min(input - 1, below + 1)] += at - below;
    }
    return weights;
  }

  /** Weights of positions outside are given to the others. */
  private static double[][] bicubic(int input, int output) {
    double[][] weights = new double[output][input];
    for (int o = 0; o < output; o++) {
      double at = center(o, input, output) - 0.5;
      int below = (int) Math.floor(at);
      double delta = Math.rint((at - below) * CUBIC_STEPS) / CUBIC_STEPS;
      for (int tap = -1; tap <= 2; tap++) {
        if (below + tap >= 0 && below + tap < input) {
          weights[o][below + tap] = cubic(tap - delta);
        }
      }
      normalize(weights[o]);
    }
    return weights;
  }

  /** Weights from a kernel around the centre, those of positions outside given to the others. */
  private static double[][] spans(
      DoubleUnaryOperator kernel, double radius, boolean antialias, int input, int output) {
    double width = antialias ? Math.max((double) input / output, 1) : 1;
    double[][] weights = new double[output][input];
    for (int o = 0; o < output; o++) {
      double center = center(o, input, output);
      int first = (int) Math.max(0, Math.ceil(center - radius * width - 0.5));
      int last = (int) Math.min(input - 1, Math.floor(center + radius * width - 0.5));
      for (int i = first; i <= last; i++) {
        weights[o][i] = kernel.applyAsDouble((i + 0.5 - center) / width);
      }
      normalize(weights[o]);
    }
    return weights;
  }

  private static void normalize(double[] weights) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    for (int i = 0; sum != 0 && i < weights.length; i++) {
      weights[i] /= sum;
    }
  }

  /** Keys' kernel with a = -1/2 (Cubic Convolution Interpolation, 1981). */
  private static double cubic(double distance) {
    double x = Math.abs(distance);
    if (x >= 2) {
      return 0;
    }
    return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1;
  }

  /** sinc(x) sinc(x / radius). */
  private static double lanczos(double x, double radius) {
    if (Math.abs(x) > radius) {
      return 0;
    }
    if (Math.abs(x) <= 1e-3) { // TensorFlow's bound for what it takes as the middle
      return 1;
    }
    return radius * Math.sin(Math.PI * x) * Math.sin(Math.PI * x / radius) / square(Math.PI * x);
  }

  private static double square(double x) {
    return x * x;
  }
}
