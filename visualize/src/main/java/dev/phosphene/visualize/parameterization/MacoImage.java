package dev.phosphene.visualize.parameterization;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;

/**
 * An image of which only the phases of its frequencies change: their magnitudes are fixed at those
 * of photographs (Fel and others 2023, "Unlocking Feature Visualization for Deeper Networks with
 * MAgnitude Constrained Optimization"). No frequency can be amplified to please the network, so the
 * picture stays like a photograph in that respect.
 *
 * <p>Parameters are phases in radians, {@code [C, ..., L/2 + 1]}: half of the last axis is all of a
 * real image's spectrum. The image is {@code sigmoid(contrast M x)}, where x has a deviation of
 * about 1 over its positions, a mean of 0 and the magnitudes of {@code natural_statistics.json}
 * (raised to half the number of axes, so that octaves have the same power in signals and volumes),
 * and M mixes colours. At both ends of the last axis two phases share a wave, and the real part of
 * their sum is taken, as in the paper's inverse transform.
 *
 * @param contrast factor before the sigmoid, in [0.01, 100]
 */
public record MacoImage(double contrast) implements Parameterization {
  /** As bright and as dark as photographs in the colours that decorrelation gives. */
  public static final MacoImage NATURAL = new MacoImage(1);

  /**
   * Checks the contrast.
   *
   * @throws PhospheneException where it is out of range
   */
  public MacoImage {
    if (!(contrast >= 0.01 && contrast <= 100)) {
      throw new PhospheneException("The contrast should be in [0.01, 100], found " + contrast);
    }
  }

  @Override
  public Units units() {
    return Units.DISPLAY;
  }

  @Override
  @JsonIgnore
  public boolean isImportanceKept() {
    return true;
  }

  private static HalfSpectrum spectrum(ImageSize size) {
    if (size.spatial().isEmpty()) {
      throw new PhospheneException(
          "An image of fixed magnitudes has axes, found an input of size "
              + size
              + "; use the recipe natural");
    }
    return new HalfSpectrum(size.spatial());
  }

  @Override
  public long[] parameters(ImageSize size) {
    long[] sizes = spectrum(size).sizes();
    long[] all = new long[sizes.length + 1];
    all[0] = size.channels();
    System.arraycopy(sizes, 0, all, 1, sizes.length);
    return all;
  }

  @Override
  public float[] initial(Random random, ImageSize size, double low, double high) {
    float[] phases = new float[size.channels() * spectrum(size).elements()];
    for (int i = 0; i < phases.length; i++) {
      phases[i] = (float) ((2 * random.nextDouble() - 1) * Math.PI);
    }
    return phases;
  }

  @Override
  public float[] from(float[] image, ImageSize size) {
    HalfSpectrum spectrum = spectrum(size);
    double[] values = new DecorrelatedColours(contrast).from(image, size);
    int positions = values.length / size.channels();
    float[] phases = new float[size.channels() * spectrum.elements()];
    for (int channel = 0; channel < size.channels(); channel++) {
      double[] plane = Arrays.copyOfRange(values, channel * positions, (channel + 1) * positions);
      double[] found = spectrum.phases(plane);
      for (int i = 0; i < found.length; i++) {
        phases[channel * found.length + i] = (float) found[i];
      }
    }
    return phases;
  }

  @Override
  public Value build(Emitter graph, Value parameters, ImageSize size) {
    HalfSpectrum spectrum = spectrum(size);
    Value magnitudes = graph.constant(magnitudes(spectrum));
    Value real = graph.multiply(graph.apply("Cos", parameters), magnitudes);
    Value imaginary = graph.multiply(graph.apply("Sin", parameters), magnitudes);
    Value image = spectrum.image(graph, real, imaginary);
    return new DecorrelatedColours(contrast).build(graph, image, size);
  }

  /** {@code [sizes...]}: those of photographs, for a variance of 1; the mean has none. */
  private static Tensor magnitudes(HalfSpectrum spectrum) {
    double[] magnitudes = new double[spectrum.elements()];
    double variance = 0;
    for (int i = 1; i < magnitudes.length; i++) {
      double amplitude = NaturalStatistics.MEASURED.amplitude(spectrum.cycles(i));
      magnitudes[i] = Math.pow(amplitude, spectrum.spatial().size() / 2.0);
      variance += Math.pow(spectrum.count(i) * magnitudes[i], 2) / 2;
    }
    double scale = variance == 0 ? 0 : 1 / Math.sqrt(variance);
    float[] scaled = new float[magnitudes.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (scale * magnitudes[i]);
    }
    return Tensor.of(scaled, spectrum.sizes());
  }
}
