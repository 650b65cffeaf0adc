package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.cli.console.Progress;
import dev.phosphene.cli.console.StepDisplay;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Measurement;
import dev.phosphene.visualize.Picture;
import dev.phosphene.visualize.measure.PictureNumbers;
import dev.phosphene.visualize.photo.PhotoActivations;
import dev.phosphene.visualize.photo.PhotoFolder;
import dev.phosphene.visualize.photo.PhotoSurvey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which numbers go with a picture. */
final class NumberOptions {
  @Option(
      names = "--photos",
      paramLabel = "FOLDER",
      description =
          "Photos to compare with: how many of them excite the filter less than the picture does.")
  private @Nullable Path photos;

  @Option(
      names = "--stability",
      description =
          "Also tell how much the activation changes under random transforms, make the pictures from"
              + " two more seeds, and tell how much they differ to the network. Takes three times as"
              + " long.")
  private boolean stability;

  /** What the photos excite, where some are given; before the work, so that it fails early. */
  Optional<PhotoActivations> survey(ActivationMaximization run, Console console) {
    if (photos == null) {
      return Optional.empty();
    }
    PhotoFolder folder = PhotoFolder.open(photos);
    console.begin();
    PhotoSurvey survey;
    try (Progress progress = console.progress("Photos", folder.names().size())) {
      survey =
          PhotoSurvey.of(run, List.of(run.target()), folder, (done, all) -> progress.at(done))
              .orElseThrow();
    }
    survey
        .firstSkipped()
        .ifPresent(
            reason ->
                console.warning(
                    "Left out %d of %d photos; the first: %s"
                        .formatted(survey.skipped(), folder.names().size(), reason)));
    return Optional.of(survey.layers().get(0));
  }

  /** Measures what a run made. */
  List<PictureNumbers> measure(
      ActivationMaximization run,
      List<Picture> made,
      Optional<PhotoActivations> surveyed,
      Console console) {
    List<PictureNumbers> numbers = new ArrayList<>(Measurement.of(run, made));
    for (int i = 0; i < made.size(); i++) {
      List<Integer> filters = made.get(i).filters();
      PictureNumbers measured = numbers.get(i);
      numbers.set(i, surveyed.map(each -> each.placed(filters, measured)).orElse(measured));
    }
    if (!stability || Thread.currentThread().isInterrupted()) {
      return numbers;
    }
    try (StepDisplay display = new StepDisplay(console, "From other seeds")) {
      return Measurement.overSeeds(
          run, made, Measurement.underTransforms(run, made, numbers), display);
    }
  }
}
