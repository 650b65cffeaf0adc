package dev.phosphene.visualize.photo;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.Image;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.ActivationMeter;
import dev.phosphene.visualize.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All photos of a folder, run through a network once.
 *
 * <pre>{@code
 * ActivationMaximization run = ActivationMaximization.of(model).layer("conv5").filters(17);
 * PhotoSurvey survey =
 *     PhotoSurvey.of(run, List.of(run.target()), PhotoFolder.open(folder), (done, all) -> {}).get();
 * survey.layers().get(0).top(List.of(17), 9);
 * }</pre>
 *
 * @param layers activations of each layer, in the order in which they were asked for
 * @param skipped picture files that could not be read
 * @param firstSkipped why the first of them could not; empty where there is none
 */
public record PhotoSurvey(
    List<PhotoActivations> layers, int skipped, Optional<String> firstSkipped) {
  /** Most activations that are kept, 256 MiB of them: ten thousand photos of 6700 filters. */
  public static final int MAXIMUM_ACTIVATIONS = 1 << 26;

  /** Is told how far a survey is. */
  @FunctionalInterface
  public interface Progress {
    /** Called after each batch. */
    void onPhotos(int done, int all);
  }

  public PhotoSurvey {
    layers = List.copyOf(layers);
  }

  /**
   * Measures the activations of all photos.
   *
   * @param run whose model, input contract, size of pictures, threads and device are meant
   * @param targets layers of that model that have filters
   * @return empty where the thread was interrupted: it stops after the batch under way and leaves
   *     the thread's interrupt set
   * @throws PhospheneException where no photo can be read, there are more photos and filters than
   *     are kept, a layer has no filters, or the model does not take pictures
   */
  public static Optional<PhotoSurvey> of(
      ActivationMaximization run, List<Target> targets, PhotoFolder folder, Progress progress) {
    requireFitting(folder, targets);
    Collected collected = new Collected(folder, targets);
    int all = folder.names().size();
    try (ActivationMeter meter = ActivationMeter.of(run, targets, all)) {
      for (int first = 0; first < all; first += meter.batchSize()) {
        int end = Math.min(first + meter.batchSize(), all);
        collected.add(folder.names().subList(first, end), meter);
        if (Thread.currentThread().isInterrupted()) {
          return Optional.empty();
        }
        progress.onPhotos(end, all);
      }
    }
    return Optional.of(collected.survey());
  }

  private static void requireFitting(PhotoFolder folder, List<Target> targets) {
    long filters = targets.stream().mapToLong(Target::filters).sum();
    if (filters * folder.names().size() > MAXIMUM_ACTIVATIONS) {
      throw new PhospheneException(
          "%s: %d photos of %d filters are %d activations, and at most %d are kept; choose fewer photos or layers"
              .formatted(
                  folder.path(),
                  folder.names().size(),
                  filters,
                  filters * folder.names().size(),
                  MAXIMUM_ACTIVATIONS));
    }
  }

  /** What was measured so far. */
  private static final class Collected {
    private final PhotoFolder folder;
    private final List<Target> targets;
    private final List<String> photos = new ArrayList<>();
    private final List<List<float[]>> rows = new ArrayList<>();
    private int skipped;
    private Optional<String> firstSkipped = Optional.empty();

    Collected(PhotoFolder folder, List<Target> targets) {
      this.folder = folder;
      this.targets = targets;
      targets.forEach(target -> rows.add(new ArrayList<>()));
    }

    void add(List<String> names, ActivationMeter meter) {
      List<Tensor> inputs = new ArrayList<>();
      for (String name : names) {
        read(name)
            .ifPresent(
                photo -> {
                  inputs.add(meter.input(photo));
                  photos.add(name);
                });
      }
      for (List<float[]> ofLayers : meter.measure(inputs)) {
        for (int layer = 0; layer < rows.size(); layer++) {
          rows.get(layer).add(ofLayers.get(layer));
        }
      }
    }

    private Optional<Image> read(String name) {
      try {
        return Optional.of(Image.read(folder.file(name)));
      } catch (PhospheneException unreadable) {
        skipped++;
        if (firstSkipped.isEmpty()) {
          firstSkipped = Optional.of(unreadable.getMessage());
        }
        return Optional.empty();
      }
    }

    PhotoSurvey survey() {
      if (photos.isEmpty()) {
        throw new PhospheneException(
            "%s: none of its %d pictures can be read; the first: %s"
                .formatted(folder.path(), skipped, firstSkipped.orElse("")));
      }
      List<PhotoActivations> layers = new ArrayList<>();
      for (int layer = 0; layer < rows.size(); layer++) {
        layers.add(
            new PhotoActivations(
                targets.get(layer), List.copyOf(photos), List.copyOf(rows.get(layer))));
      }
      return new PhotoSurvey(layers, skipped, firstSkipped);
    }
  }
}
