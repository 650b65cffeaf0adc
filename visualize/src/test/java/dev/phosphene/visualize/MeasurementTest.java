package dev.phosphene.visualize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.model.Model;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.measure.Measure;
import dev.phosphene.visualize.measure.PictureNumbers;
import dev.phosphene.visualize.transform.Flip;
import dev.phosphene.visualize.transform.Transform;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers of pictures, against computations of one input after the other. */
class MeasurementTest {
  private static final String LAYER = "conv_b";

  @TempDir Path folder;
  private Model model;

  @BeforeEach
  void open() {
    model = SmoothNetwork.in(folder);
  }

  private ActivationMaximization run(long seed, Transform... transforms) {
    return ActivationMaximization.of(model)
        .layer(LAYER)
        .pictures(List.of(List.of(1), List.of(0, 2)))
        .recipe(
            Recipe.NATURAL.with(changes -> changes.transforms(List.of(transforms)).iterations(4)))
        .seed(seed);
  }

  /** Means over positions of all filters, from the layer's output {@code [1, C, H, W]}. */
  private double[] means(Tensor input) {
    Tensor output =
        LayerActivation.of(model, Target.of(model, LAYER, false), input, SessionSettings.SMALL);
    int filters = (int) output.sizes()[1];
    int positions = output.elements() / filters;
    double[] means = new double[filters];
    for (int i = 0; i < output.elements(); i++) {
      means[i / positions] += output.getDouble(i) / positions;
    }
    return means;
  }

  private double activation(Tensor input, List<Integer> filters) {
    double[] means = means(input);
    return filters.stream().mapToDouble(filter -> means[filter]).sum();
  }

  /** Mirrored along the columns of {@code [1, H, W, C]}. */
  private static Tensor mirrored(Tensor input) {
    int width = (int) input.sizes()[2];
    int channels = (int) input.sizes()[3];
    float[] from = input.toFloats();
    float[] to = new float[from.length];
    for (int i = 0; i < to.length; i++) {
      int x = i / channels % width;
      to[i] = from[i + (width - 1 - 2 * x) * channels];
    }
    return Tensor.of(to, input.sizes());
  }

  private static List<PictureNumbers> underTransforms(
      ActivationMaximization run, List<Picture> made) {
    return Measurement.underTransforms(run, made, Measurement.of(run, made));
  }

  private static double number(PictureNumbers numbers, Measure measure) {
    return numbers.get(measure).orElseThrow();
  }

  @Test
  void activationIsTheSumOfMeansOverPositions() {
    ActivationMaximization run = run(5);
    List<Picture> made = run.runAll();
    List<PictureNumbers> numbers = Measurement.of(run, made);
    for (int i = 0; i < 2; i++) {
      Picture picture = made.get(i);
      assertThat(number(numbers.get(i), Measure.ACTIVATION))
          .isCloseTo(activation(picture.input(), picture.filters()), within(1e-5));
      assertThat(numbers.get(i).get(Measure.IMPORTANT_AREA)).isEmpty();
    }
  }

  @Test
  void transformsThatDrawNothingGiveTheirActivationWithoutDeviation() {
    ActivationMaximization run = run(5, new Flip(1));
    List<Picture> made = run.runAll();
    PictureNumbers numbers = underTransforms(run, made).get(1);
    double flipped = activation(mirrored(made.get(1).input()), List.of(0, 2));
    double plain = activation(made.get(1).input(), List.of(0, 2));
    assertThat(Math.abs(flipped - plain)).isGreaterThan(1e-4); // else this test says nothing
    assertThat(number(numbers, Measure.TRANSFORMED_MEAN)).isCloseTo(flipped, within(1e-5));
    assertThat(number(numbers, Measure.TRANSFORMED_DEVIATION)).isCloseTo(0, within(1e-6));
    assertThat(number(numbers, Measure.TRANSFORMED_SHARE)).isCloseTo(flipped / plain, within(1e-5));
  }

  @Test
  void randomTransformsAreDrawnAnew() {
    ActivationMaximization run = run(5, new Flip(0.5));
    List<Picture> made = run.runAll();
    PictureNumbers numbers = underTransforms(run, made).get(0);
    double plain = activation(made.get(0).input(), List.of(1));
    double flipped = activation(mirrored(made.get(0).input()), List.of(1));
    double share = (number(numbers, Measure.TRANSFORMED_MEAN) - plain) / (flipped - plain);
    double count = share * Measurement.DRAWS;
    assertThat(count).isCloseTo(Math.rint(count), within(0.05)).isBetween(0.9, 15.1);
    // Of n numbers of which k are b and the others a: (a - b)^2 k (n - k) / n / (n - 1).
    double variance =
        Math.pow(plain - flipped, 2) * count * (Measurement.DRAWS - count) / Measurement.DRAWS / 15;
    assertThat(number(numbers, Measure.TRANSFORMED_DEVIATION))
        .isCloseTo(Math.sqrt(variance), within(1e-5));
    assertThat(underTransforms(run, made).get(0)).isEqualTo(numbers);
  }

  @Test
  void recipesWithoutTransformsAreMeasuredUnderThoseOfNatural() {
    ActivationMaximization plain = run(5);
    List<Picture> made = plain.runAll();
    ActivationMaximization natural = run(5, Recipe.NATURAL.transforms().toArray(Transform[]::new));
    assertThat(underTransforms(plain, made)).isEqualTo(underTransforms(natural, made));
    assertThat(number(underTransforms(plain, made).get(0), Measure.TRANSFORMED_DEVIATION))
        .isPositive();
  }

  @Test
  void seedsAreThreeRunsOfTheirOwn() {
    ActivationMaximization run = run(7, new Flip(0.5));
    List<Integer> steps = new ArrayList<>();
    run.onIteration(iteration -> steps.add(iteration.number()));
    List<Picture> made = run.runAll();
    List<PictureNumbers> before = Measurement.of(run, made);
    List<PictureNumbers> numbers = Measurement.overSeeds(run, made, before, iteration -> {});
    assertThat(steps).as("callbacks are told of the run alone").hasSize(4);

    double[][] vectors = new double[3][];
    double[] activations = new double[3];
    for (int seed = 0; seed < 3; seed++) {
      Picture picture = run(7 + seed, new Flip(0.5)).runAll().get(1);
      vectors[seed] = means(picture.input());
      activations[seed] = vectors[seed][0] + vectors[seed][2];
    }
    double mean = Arrays.stream(activations).sum() / 3;
    double squares = Arrays.stream(activations).map(a -> (a - mean) * (a - mean)).sum();
    double cosines = cosine(vectors[0], vectors[1]) + cosine(vectors[0], vectors[2]);
    double likeness = (cosines + cosine(vectors[1], vectors[2])) / 3;
    PictureNumbers second = numbers.get(1);
    assertThat(number(second, Measure.SEEDS_MEAN)).isCloseTo(mean, within(1e-5));
    assertThat(number(second, Measure.SEEDS_DEVIATION))
        .isCloseTo(Math.sqrt(squares / 2), within(1e-5));
    assertThat(number(second, Measure.SEEDS_LIKENESS)).isCloseTo(likeness, within(1e-5));
    before
        .get(1)
        .values()
        .forEach((measure, value) -> assertThat(second.values()).containsEntry(measure, value));
  }

  private static double cosine(double[] a, double[] b) {
    double product = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      squaresOfA += a[i] * a[i];
      squaresOfB += b[i] * b[i];
    }
    return product / Math.sqrt(squaresOfA) / Math.sqrt(squaresOfB);
  }

  @Test
  void importantAreaIsThatOfTheImportanceKept() {
    ActivationMaximization run =
        ActivationMaximization.of(model).filters(3).recipe(Recipe.MACO).iterations(3);
    List<Picture> made = run.runAll();
    float[] importance = made.get(0).importance().orElseThrow().toFloats();
    double area = number(Measurement.of(run, made).get(0), Measure.IMPORTANT_AREA);
    double[] sorted = new double[importance.length];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = -importance[i];
    }
    Arrays.sort(sorted);
    int count = (int) Math.round(area * sorted.length);
    double all = Arrays.stream(sorted).sum();
    assertThat(Arrays.stream(sorted, 0, count).sum() / all).isGreaterThanOrEqualTo(0.5);
    assertThat(Arrays.stream(sorted, 0, count - 1).sum() / all).isLessThan(0.5);
  }

  @Test
  void numbersOfARecordAreReadAgainAndUnknownOnesLeftOut() {
    ActivationMaximization run = run(5);
    List<Picture> made = run.runAll();
    RunRecord without = run.record(made);
    RunRecord record = without.withNumbers(Measurement.of(run, made));
    String json = record.toJson();
    assertThat(PictureRecord.fromJson(json)).isEqualTo(record);
    assertThat(
            PictureRecord.fromJson(
                json.replace("{\"activation\":", "{\"later\":1.5,\"activation\":")))
        .isEqualTo(record);
    String older = without.toJson().replace(",\"numbers\":{}", "");
    assertThat(older).doesNotContain("numbers");
    assertThat(PictureRecord.fromJson(older)).isEqualTo(without);
  }
}
