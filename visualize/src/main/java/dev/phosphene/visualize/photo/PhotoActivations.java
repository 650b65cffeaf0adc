package dev.phosphene.visualize.photo;

import dev.phosphene.visualize.Target;
import dev.phosphene.visualize.measure.Measure;
import dev.phosphene.visualize.measure.PictureNumbers;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * How much photos excite the filters of a layer.
 *
 * <p>Filters that are excited together count with the sum of their activations, as they do in
 * activation maximization.
 */
public final class PhotoActivations {
  private final Target target;
  private final List<String> photos;
  private final List<float[]> rows;

  /**
   * A photo and what it makes of some filters.
   *
   * @param photo its name within its folder
   */
  public record Excited(String photo, double activation) {}

  /**
   * Activations as measured.
   *
   * @param rows of each photo the activation of each filter
   */
  PhotoActivations(Target target, List<String> photos, List<float[]> rows) {
    this.target = target;
    this.photos = photos;
    this.rows = rows;
  }

  /** The layer. */
  public Target target() {
    return target;
  }

  /** Names of the photos within their folder, sorted. */
  public List<String> photos() {
    return photos;
  }

  /**
   * The activation of each photo, in their order: the sum over these filters of their means over
   * all positions.
   */
  public double[] of(List<Integer> filters) {
    target.requireFilters(filters);
    return rows.stream()
        .mapToDouble(row -> filters.stream().mapToDouble(filter -> row[filter]).sum())
        .toArray();
  }

  /**
   * Where an activation stands among those of the photos.
   *
   * @return share of photos with a lower activation, in [0, 100]
   */
  public double percentile(List<Integer> filters, double activation) {
    long lower = Arrays.stream(of(filters)).filter(each -> each < activation).count();
    return 100.0 * lower / photos.size();
  }

  /**
   * The numbers of a picture of these filters, with its percentile among the photos.
   *
   * @param numbers that have its activation; else they are given back as they are
   */
  public PictureNumbers placed(List<Integer> filters, PictureNumbers numbers) {
    OptionalDouble activation = numbers.get(Measure.ACTIVATION);
    return activation.isEmpty()
        ? numbers
        : numbers
            .with(Measure.PERCENTILE, percentile(filters, activation.getAsDouble()))
            .with(Measure.PHOTOS, photos.size());
  }

  /**
   * The photos that excite these filters most, the most exciting first; of equal ones, in the order
   * of their names.
   *
   * @param count how many, or all where there are fewer
   */
  public List<Excited> top(List<Integer> filters, int count) {
    double[] activations = of(filters);
    return IntStream.range(0, activations.length)
        .boxed()
        .filter(photo -> !Double.isNaN(activations[photo]))
        .sorted(Comparator.comparingDouble((Integer photo) -> -activations[photo]))
        .limit(count)
        .map(photo -> new Excited(photos.get(photo), activations[photo]))
        .toList();
  }
}
