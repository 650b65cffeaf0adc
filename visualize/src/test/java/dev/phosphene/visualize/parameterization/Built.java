package dev.phosphene.visualize.parameterization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Evaluation;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;

/** Images that a parameterization builds. */
final class Built {
  private Built() {}

  /** The image of some parameters, {@code [1, C, ...]}. */
  static Tensor image(Parameterization parameterization, float[] parameters, ImageSize size) {
    long[] sizes = parameterization.parameters(size);
    long[] one = LongStream.concat(LongStream.of(1), Arrays.stream(sizes)).toArray();
    return Evaluation.of(
        (graph, given) -> parameterization.build(graph, given, size), Tensor.of(parameters, one));
  }

  /** Random pixels away from black and white. */
  static float[] random(ImageSize size) {
    Random random = new Random(5);
    float[] image = new float[size.elements()];
    for (int i = 0; i < image.length; i++) {
      image[i] = 0.02f + 0.96f * random.nextFloat();
    }
    return image;
  }

  /** Checks that the parameters that are found for an image build it again. */
  static void assertComesBack(Parameterization parameterization, ImageSize size, double tolerance) {
    float[] image = random(size);
    Tensor back = image(parameterization, parameterization.from(image, size), size);
    double worst = 0;
    for (int i = 0; i < image.length; i++) {
      worst = Math.max(worst, Math.abs(back.getDouble(i) - image[i]));
    }
    System.out.printf("%s of size %s comes back to within %.1e%n", parameterization, size, worst);
    assertThat(worst).isLessThan(tolerance);
  }
}
