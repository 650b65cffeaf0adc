package dev.phosphene.visualize.transform;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;

/**
 * Jitter, scale and rotation about the centre in one resampling, as transformation robustness asks
 * for (Olah, Mordvintsev and Schubert 2017, "Feature Visualization"). What lies outside the image
 * is its mirror image.
 *
 * <p>Only pictures are turned, and read at the nearest pixel if so chosen; signals and volumes are
 * shifted and scaled along each axis with linear interpolation, and vectors stay as they are.
 *
 * @param jitter largest shift along each axis, as a share of its length, in [0, 1)
 * @param smallestScale of what the network sees, in [0.01, 100]; above 1 enlarges
 * @param largestScale at least the smallest, at most 100
 * @param rotation largest angle in degrees, either way, in [0, 180]
 * @param sampling of pictures; bilinear in recipes that do not say
 */
public record RandomAffine(
    double jitter,
    double smallestScale,
    double largestScale,
    double rotation,
    @JsonSetter(nulls = Nulls.SKIP) Sampling sampling)
    implements Transform {

  /**
   * Checks the numbers.
   *
   * @throws PhospheneException where one is out of range
   */
  public RandomAffine {
    if (!(jitter >= 0 && jitter < 1)) {
      throw new PhospheneException("Jitter should be a share in [0, 1), found " + jitter);
    }
    Scale.check(smallestScale, largestScale);
    Rotate.check(rotation);
    sampling = Objects.requireNonNullElse(sampling, Sampling.BILINEAR);
  }

  /** One with bilinear sampling. */
  public RandomAffine(double jitter, double smallestScale, double largestScale, double rotation) {
    this(jitter, smallestScale, largestScale, rotation, Sampling.BILINEAR);
  }

  /** This one with another jitter. */
  public RandomAffine withJitter(double share) {
    return new RandomAffine(share, smallestScale, largestScale, rotation, sampling);
  }

  @Override
  public Value build(Emitter graph, Value images, StepInputs inputs) {
    if (images.rank() == 4 && (rotation > 0 || sampling == Sampling.NEAREST)) {
      double height = images.size(2);
      double width = images.size(3);
      return AffineMap.apply(
          graph,
          images,
          inputs,
          "affine",
          sampling,
          random -> {
            Draw draw = draw(random, 2);
            return AffineMap.turned(
                draw.angle, draw.scale, draw.shifts[0] * height, draw.shifts[1] * width);
          });
    }
    int[] lengths = AxisMatrices.lengths(images);
    return AxisMatrices.apply(
        graph,
        images,
        inputs,
        "affine",
        random -> {
          Draw draw = draw(random, lengths.length);
          AxisMatrices.Map[] maps = new AxisMatrices.Map[lengths.length];
          Arrays.setAll(
              maps,
              axis -> {
                double centre = (lengths[axis] - 1) / 2.0;
                return Scale.about(centre, draw.scale, draw.shifts[axis] * lengths[axis]);
              });
          return maps;
        });
  }

  /**
   * What is drawn for one picture.
   *
   * @param angle in radians
   * @param shifts as shares of each axis
   */
  private record Draw(double scale, double angle, double[] shifts) {}

  private Draw draw(Random random, int axes) {
    double scale = Between.draw(random, smallestScale, largestScale);
    double angle = Math.toRadians(Between.either(random, rotation));
    double[] shifts = new double[axes];
    Arrays.setAll(shifts, axis -> Between.either(random, jitter));
    return new Draw(scale, angle, shifts);
  }
}
