package dev.phosphene.visualize;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Compares a run with a stored one: all losses of all steps, the inputs and the gradient. */
final class RunComparison {
  /** Of a run whose reference changes less than that in float32. */
  private static final double TOLERANCE = 1e-4;

  /** Several times what PyTorch's own float32 differs by: sums in another order. */
  private static final double NOISES = 5;

  private RunComparison() {}

  static void assertAgrees(Picture found, References stored, String name) {
    JsonNode facts = stored.facts(name);
    double tolerance = Math.max(TOLERANCE, NOISES * facts.get("noise").asDouble());
    assertThat(found.outcome()).isEqualTo(Picture.Outcome.FINISHED);
    assertLosses(found.losses(), facts.get("losses"), name, tolerance);
    if (stored.has(name, "sample")) {
      stored.assertClose(sample(found.lastInput()), name, "sample", tolerance);
    } else {
      stored.assertClose(found.lastInput(), name, "last", tolerance);
      stored.assertClose(found.input(), name, "best", tolerance);
      stored.assertClose(found.lastGradient(), name, "gradient", tolerance);
    }
  }

  /** Every loss of every step, each series compared as a whole. */
  private static void assertLosses(
      List<Losses> found, JsonNode expected, String name, double tolerance) {
    assertThat(found).hasSize(expected.size());
    double worst = 0;
    for (int column = 0; column < expected.get(0).size(); column++) {
      double[] theirs = new double[found.size()];
      double[] ours = new double[found.size()];
      for (int step = 0; step < found.size(); step++) {
        List<Double> numbers = new ArrayList<>(found.get(step).terms().values());
        numbers.add(0, found.get(step).overall());
        assertThat(numbers).hasSize(expected.get(step).size());
        ours[step] = numbers.get(column);
        theirs[step] = expected.get(step).get(column).asDouble();
      }
      worst = Math.max(worst, References.relativeError(ours, theirs));
    }
    System.out.printf("%s: losses differ by at most %.1e%n", name, worst);
    assertThat(worst).as("losses of %s", name).isLessThan(tolerance);
  }

  /** Every third row and column of a picture {@code [1, H, W, C]}. */
  private static Tensor sample(Tensor input) {
    int height = (int) input.shape().size(1);
    int width = (int) input.shape().size(2);
    int channels = (int) input.shape().size(3);
    List<Float> kept = new ArrayList<>();
    for (int y = 0; y < height; y += 3) {
      for (int x = 0; x < width; x += 3) {
        for (int channel = 0; channel < channels; channel++) {
          kept.add((float) input.getDouble((y * width + x) * channels + channel));
        }
      }
    }
    float[] elements = new float[kept.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = kept.get(i);
    }
    return Tensor.of(elements, 1, (height + 2) / 3, (width + 2) / 3, channels);
  }
}
