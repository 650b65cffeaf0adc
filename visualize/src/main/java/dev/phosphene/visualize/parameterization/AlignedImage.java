package dev.phosphene.visualize.parameterization;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import java.util.List;
import java.util.Random;

/**
 * Pictures of one run that share their low frequencies, so that they have the same composition and
 * can be compared, or be the frames of a passage from one to another (Mordvintsev and others 2018,
 * "Differentiable Image Parameterizations"). Each picture's high frequencies are its own.
 *
 * <p>After each step, the amplitudes of all waves up to a frequency become the mean of those of all
 * pictures. They must all be optimized together, in one batch.
 *
 * @param of the pictures
 * @param cycles highest shared frequency, in cycles over the longest axis; at least 0
 */
public record AlignedImage(FourierImage of, double cycles) implements Parameterization {
  /** Where things are is shared, what they are is not. */
  public static final AlignedImage NATURAL = new AlignedImage(FourierImage.NATURAL, 5);

  /**
   * Checks the frequency.
   *
   * @throws PhospheneException where it is negative or no number
   */
  public AlignedImage {
    if (!(cycles >= 0 && cycles <= 1e6)) {
      throw new PhospheneException("The shared frequencies should be in [0, 1e6], found " + cycles);
    }
  }

  @Override
  public Units units() {
    return of.units();
  }

  @Override
  public long[] parameters(ImageSize size) {
    return of.parameters(size);
  }

  @Override
  public float[] initial(Random random, ImageSize size, double low, double high) {
    return of.initial(random, size, low, high);
  }

  @Override
  public float[] from(float[] image, ImageSize size) {
    return of.from(image, size);
  }

  @Override
  public Value build(Emitter graph, Value parameters, ImageSize size) {
    return of.build(graph, parameters, size);
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public void share(List<float[]> parameters, ImageSize size) {
    int longest = size.spatial().stream().max(Integer::compare).orElse(1);
    int positions = size.elements() / size.channels();
    for (int position = 0; position < positions; position++) {
      if (FourierImage.frequency(size.spatial(), position) * longest > cycles) {
        continue;
      }
      for (int i = position; i < size.elements(); i += positions) {
        double sum = 0;
        for (float[] picture : parameters) {
          sum += picture[i];
        }
        for (float[] picture : parameters) {
          picture[i] = (float) (sum / parameters.size());
        }
      }
    }
  }
}
