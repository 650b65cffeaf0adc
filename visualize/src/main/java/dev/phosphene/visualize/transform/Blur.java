package dev.phosphene.visualize.transform;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.Arrays;

/**
 * A random Gaussian blur: patterns that only high frequencies carry no longer pay. Beyond its
 * borders the image is continued by its mirror image.
 *
 * @param smallest deviation of the Gaussian along each axis, in positions, in [0, 100]
 * @param largest deviation, at least the smallest, at most 100
 */
public record Blur(double smallest, double largest) implements Transform {
  /** Below it, a neighbour counts for less than float32 tells. */
  private static final double SHARP = 0.15;

  /** Deviations to where the Gaussian is cut off. */
  private static final double REACH = 4;

  public Blur {
    Between.require("The deviations of a blur", smallest, largest, 0, 100);
  }

  @Override
  public Value build(Emitter graph, Value images, StepInputs inputs) {
    int[] lengths = AxisMatrices.lengths(images);
    return AxisMatrices.apply(
        graph,
        images,
        inputs,
        "blurs",
        random -> {
          double[] weights = weights(Between.draw(random, smallest, largest));
          AxisMatrices.Map[] maps = new AxisMatrices.Map[lengths.length];
          Arrays.fill(maps, map(weights));
          return maps;
        });
  }

  /** From the middle outwards; both sides together have the sum 1. */
  private static double[] weights(double deviation) {
    if (deviation < SHARP) {
      return new double[] {1};
    }
    double[] weights = new double[1 + (int) Math.ceil(REACH * deviation)];
    Arrays.setAll(weights, i -> Math.exp(-0.5 * i * i / (deviation * deviation)));
    double sum = 2 * Arrays.stream(weights).sum() - weights[0];
    return Arrays.stream(weights).map(weight -> weight / sum).toArray();
  }

  private static AxisMatrices.Map map(double[] weights) {
    return (row, position) -> {
      row.add(position, weights[0]);
      for (int i = 1; i < weights.length; i++) {
        row.add(position - i, weights[i]);
        row.add(position + i, weights[i]);
      }
    };
  }
}
