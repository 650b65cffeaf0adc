package dev.phosphene.visualize;

import dev.phosphene.visualize.measure.Formulas;
import dev.phosphene.visualize.measure.Measure;
import dev.phosphene.visualize.measure.PictureNumbers;
import dev.phosphene.visualize.transform.Transform;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * Measures the pictures of a run: the numbers that {@link Measure} defines, but those among photos.
 *
 * <pre>{@code
 * List<Picture> made = run.runAll();
 * List<PictureNumbers> numbers = Measurement.of(run, made);
 * PngFile.write(file, run.sheet().of(made), run.record(made).withNumbers(numbers).toJson());
 * }</pre>
 */
public final class Measurement {
  /** Of random transforms, for each picture. */
  public static final int DRAWS = 16;

  /** Seeds that pictures are compared over, that of the run among them. */
  public static final int SEEDS = 3;

  private Measurement() {}

  /**
   * The activation, and the area that is important where that is known.
   *
   * @param made by the run
   * @return of each picture
   */
  public static List<PictureNumbers> of(ActivationMaximization run, List<Picture> made) {
    List<PictureNumbers> numbers = new ArrayList<>();
    List<float[]> vectors = vectors(run, made);
    for (int i = 0; i < made.size(); i++) {
      Picture picture = made.get(i);
      PictureNumbers known =
          PictureNumbers.NONE.with(Measure.ACTIVATION, together(vectors.get(i), picture.filters()));
      numbers.add(
          picture
              .importance()
              .map(map -> Formulas.importantArea(map.toFloats()))
              .map(area -> known.with(Measure.IMPORTANT_AREA, area))
              .orElse(known));
    }
    return numbers;
  }

  /**
   * Adds the activation under random transforms: those of the recipe, or those of {@link
   * Recipe#NATURAL} where it has none. What is drawn follows from the seed of the run and is the
   * same for all pictures.
   *
   * @param made by the run
   * @param plain of each, as {@link #of} has them
   * @return of each picture
   */
  public static List<PictureNumbers> underTransforms(
      ActivationMaximization run, List<Picture> made, List<PictureNumbers> plain) {
    List<Transform> transforms =
        run.recipe().transforms().isEmpty()
            ? Recipe.NATURAL.transforms()
            : run.recipe().transforms();
    List<PictureNumbers> all = new ArrayList<>();
    try (ActivationMeter meter =
        ActivationMeter.under(transforms, run, List.of(run.target()), DRAWS)) {
      for (int i = 0; i < made.size(); i++) {
        Picture picture = made.get(i);
        double[] activations =
            meter.measure(picture.input(), DRAWS, new Random(run.seed())).stream()
                .mapToDouble(ofLayers -> together(ofLayers.get(0), picture.filters()))
                .toArray();
        all.add(transformed(plain.get(i), activations));
      }
    }
    return all;
  }

  private static PictureNumbers transformed(PictureNumbers plain, double[] activations) {
    double mean = Formulas.mean(activations);
    PictureNumbers numbers =
        plain
            .with(Measure.TRANSFORMED_MEAN, mean)
            .with(Measure.TRANSFORMED_DEVIATION, Formulas.deviation(activations));
    double activation = plain.get(Measure.ACTIVATION).orElse(0);
    return activation > 0 ? numbers.with(Measure.TRANSFORMED_SHARE, mean / activation) : numbers;
  }

  /**
   * Makes the pictures of a run again from the next two seeds, and adds how much they differ.
   *
   * @param made by the run
   * @param numbers of each, to which are added
   * @param listener is told of the steps of these runs
   * @return of each picture; the numbers as given where the thread was interrupted before the end
   */
  public static List<PictureNumbers> overSeeds(
      ActivationMaximization run,
      List<Picture> made,
      List<PictureNumbers> numbers,
      Iteration.Listener listener) {
    List<Picture> ofAllSeeds = new ArrayList<>(made);
    List<Long> seeds = LongStream.range(1, SEEDS).mapToObj(more -> run.seed() + more).toList();
    for (List<Picture> again : run.runAll(seeds, listener)) {
      if (again.size() < made.size() || Thread.currentThread().isInterrupted()) {
        return numbers;
      }
      ofAllSeeds.addAll(again.subList(0, made.size()));
    }
    List<float[]> vectors = vectors(run, ofAllSeeds);
    List<PictureNumbers> all = new ArrayList<>();
    for (int i = 0; i < made.size(); i++) {
      List<Integer> filters = made.get(i).filters();
      List<float[]> ofSeeds = new ArrayList<>();
      for (int at = i; at < vectors.size(); at += made.size()) {
        ofSeeds.add(vectors.get(at));
      }
      double[] activations =
          ofSeeds.stream().mapToDouble(vector -> together(vector, filters)).toArray();
      PictureNumbers known =
          numbers
              .get(i)
              .with(Measure.SEEDS_MEAN, Formulas.mean(activations))
              .with(Measure.SEEDS_DEVIATION, Formulas.deviation(activations));
      all.add(
          ofSeeds.get(0).length < 2
              ? known
              : known.with(Measure.SEEDS_LIKENESS, Formulas.likeness(ofSeeds)));
    }
    return all;
  }

  /** The activations of all filters of the layer, of each picture. */
  private static List<float[]> vectors(ActivationMaximization run, List<Picture> made) {
    try (ActivationMeter meter = ActivationMeter.of(run, List.of(run.target()), made.size())) {
      return meter.measure(made.stream().map(Picture::input).toList()).stream()
          .map(ofLayers -> ofLayers.get(0))
          .toList();
    }
  }

  private static double together(float[] activations, List<Integer> filters) {
    return filters.stream().mapToDouble(filter -> activations[filter]).sum();
  }
}
