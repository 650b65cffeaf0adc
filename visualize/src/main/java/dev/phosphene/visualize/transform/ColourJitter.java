package dev.phosphene.visualize.transform;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.Arrays;
import java.util.Random;

/**
 * Random colours: {@code M (x - 1/2) + 1/2 + b} for the colours x of display images, in [0, 1]. M
 * turns colours about the gray axis (hue), draws them to or from the gray of their luminance
 * (saturation), and multiplies all (contrast); b makes all lighter or darker. Images of other than
 * three channels have no hue and no saturation.
 *
 * @param brightness largest number added, either way, in [0, 1]
 * @param contrast largest change of the factor 1, either way, in [0, 1]
 * @param saturation largest change of the factor 1, either way, in [0, 1]
 * @param hue largest angle in degrees, either way, in [0, 180]
 */
public record ColourJitter(double brightness, double contrast, double saturation, double hue)
    implements Transform {
  /** Shares of red, green and blue in the luminance of Rec. 601. */
  private static final double[] LUMINANCE = {0.299, 0.587, 0.114};

  public ColourJitter {
    Between.require("The change of brightness", brightness, 0, 1);
    Between.require("The change of contrast", contrast, 0, 1);
    Between.require("The change of saturation", saturation, 0, 1);
    Between.require("The change of hue in degrees", hue, 0, 180);
  }

  @Override
  public Value build(Emitter graph, Value images, StepInputs inputs) {
    int channels = (int) images.size(1);
    long pictures = images.size(0);
    int axes = images.rank() - 2;
    boolean coloured = channels == 3 && axes >= 2;
    int rows = coloured ? 3 : 1;
    long numbers = (long) rows * rows;
    Value drawn = inputs.declare("colours", random -> draw(random, rows), numbers + 1);
    Value offset = perPicture(graph, graph.slice(drawn, 1, numbers, numbers + 1), images);
    Value matrix = graph.slice(drawn, 1, 0, numbers);
    if (!coloured) {
      return graph.add(graph.multiply(images, perPicture(graph, matrix, images)), offset);
    }
    long positions = images.shape().elements() / pictures / channels;
    Value mixed =
        graph.matrixMultiply(
            graph.reshape(matrix, pictures, rows, rows),
            graph.reshape(images, pictures, rows, positions));
    return graph.add(graph.reshape(mixed, images.shape().sizes()), offset);
  }

  private static Value perPicture(Emitter graph, Value numbers, Value images) {
    long[] sizes = new long[images.rank()];
    Arrays.fill(sizes, 1);
    sizes[0] = images.size(0);
    return graph.reshape(numbers, sizes);
  }

  /** The matrix by rows, then the offset. */
  private float[] draw(Random random, int rows) {
    double lighter = Between.either(random, brightness);
    double factor = 1 + Between.either(random, contrast);
    double saturated = 1 + Between.either(random, saturation);
    double angle = Math.toRadians(Between.either(random, hue));
    float[] drawn = new float[rows * rows + 1];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < rows; column++) {
        double mixed =
            saturated * turned(angle, row, column) + (1 - saturated) * gray(angle, column);
        drawn[row * rows + column] = (float) (factor * (rows == 1 ? 1 : mixed));
      }
    }
    // Gray stays gray whatever hue and saturation, so only the contrast moves the middle.
    drawn[rows * rows] = (float) ((1 - factor) / 2 + lighter);
    return drawn;
  }

  /** The rotation about (1, 1, 1), by Rodrigues' formula. */
  private static double turned(double angle, int row, int column) {
    double along = (1 - Math.cos(angle)) / 3;
    double across = Math.sin(angle) / Math.sqrt(3);
    int ahead = Math.floorMod(column - row, 3);
    return along + (ahead == 0 ? Math.cos(angle) : ahead == 2 ? across : -across);
  }

  /** What a colour gives to the luminance after it is turned. */
  private static double gray(double angle, int column) {
    double sum = 0;
    for (int row = 0; row < 3; row++) {
      sum += LUMINANCE[row] * turned(angle, row, column);
    }
    return sum;
  }
}
