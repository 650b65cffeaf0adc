package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.InputContract;
import dev.phosphene.visualize.Losses;
import dev.phosphene.visualize.Picture;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.RunRecord;
import dev.phosphene.visualize.Sheet;
import dev.phosphene.visualize.Target;
import dev.phosphene.visualize.diagnosis.Diagnosis;
import dev.phosphene.visualize.measure.PictureNumbers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a run of activation maximization made, in words and as JSON. */
final class ActivationReport {
  /** Pictures of which each gets a line. */
  private static final int MOST_LINES = 16;

  private final Sheet sheet;
  private final List<Picture> made;

  ActivationReport(Sheet sheet, List<Picture> made) {
    this.sheet = sheet;
    this.made = made;
  }

  /**
   * Checks that there is something to show.
   *
   * @throws PhospheneException where no picture took a single step
   */
  void requireSteps() {
    if (made.stream().allMatch(picture -> picture.losses().isEmpty())) {
      throw new PhospheneException(
          "Nothing was written: %s (--input-range, --mean, --deviation, --layer)"
              .formatted(
                  made.stream()
                      .flatMap(picture -> picture.diagnosis().stream())
                      .findFirst()
                      .map(Diagnosis::words)
                      .orElse("no step was taken")));
    }
  }

  /** Says what was written, and what did not go to its end. */
  void tell(Console console, Path file, RunRecord record, int wanted) {
    for (Picture picture : made) {
      if (picture.outcome() == Picture.Outcome.PLATEAU) {
        console.note(
            "Filter %s: its loss got no lower for %d steps, so it stopped after step %d of %d"
                .formatted(
                    sheet.label(picture.filters()),
                    record.recipe().patience(),
                    picture.losses().size(),
                    record.recipe().iterations()));
      }
      picture
          .diagnosis()
          .ifPresent(
              diagnosis ->
                  console.warning(
                      "Filter %s: %s"
                          .formatted(sheet.label(picture.filters()), diagnosis.words())));
    }
    if (made.size() == 1) {
      tellMeasured(console, record.recipe());
    }
    if (made.size() <= MOST_LINES) {
      record
          .numbers()
          .forEach(
              (index, numbers) ->
                  console.note(
                      NumberListing.line(sheet.label(made.get(index).filters()), numbers)));
    } else {
      console.note(
          "The numbers of each picture are in the file and, with --json, on standard output.");
    }
    int steps = made.stream().mapToInt(picture -> picture.losses().size()).max().orElse(0);
    boolean unfinished =
        made.stream().anyMatch(picture -> picture.outcome() == Picture.Outcome.INTERRUPTED);
    if (unfinished) {
      console.warning("Interrupted: kept %s as after step %d".formatted(count(), steps));
    } else if (made.size() < wanted) {
      console.warning(
          "Interrupted: kept %s of %d, each after all %d steps".formatted(count(), wanted, steps));
    }
    console.note(
        String.format(
            Locale.ROOT,
            "Wrote %s: %s, recipe %s, seed %d; make it again with: phosphene replay %s",
            file,
            count(),
            record.recipe().name(),
            record.seed(),
            file));
  }

  /** Says by how much each regularizer counted, where that was measured. */
  private void tellMeasured(Console console, Recipe recipe) {
    if (recipe.weights() == Recipe.Weights.RELATIVE) {
      Map<String, Double> weights = made.get(0).weights();
      recipe.losses().stream()
          .filter(weighted -> weighted.loss().regularizes())
          .filter(weighted -> weights.containsKey(weighted.loss().label()))
          .forEach(
              weighted ->
                  console.note(
                      String.format(
                          Locale.ROOT,
                          "The %s counted %.3g times, to pull %s times as hard as the objective did",
                          weighted.loss().label(),
                          weights.get(weighted.loss().label()),
                          weighted.weight())));
    }
  }

  private String count() {
    return made.size() == 1 ? "1 picture" : made.size() + " pictures";
  }

  /** Everything about the run that another program may want. */
  Map<String, Object> json(
      Path file, RunRecord record, InputContract contract, Target target, double seconds) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", file.toString());
    json.put("model", record.model());
    json.put("layer", record.layer());
    json.put("beforeSoftmax", target.beforeSoftmax());
    json.put("input", ContractOptions.json(contract));
    json.put("size", record.size().sizes());
    json.put("recipe", record.recipe().name());
    json.put("seed", record.seed());
    json.put("threads", record.threads());
    List<Map<String, Object>> pictures = new ArrayList<>();
    for (int i = 0; i < made.size(); i++) {
      pictures.add(json(made.get(i), record.numbers().getOrDefault(i, PictureNumbers.NONE)));
    }
    json.put("pictures", pictures);
    json.put("seconds", seconds);
    return json;
  }

  private Map<String, Object> json(Picture picture, PictureNumbers numbers) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("filters", picture.filters());
    json.put("label", sheet.label(picture.filters()));
    json.put("outcome", picture.outcome().name().toLowerCase(Locale.ROOT));
    json.put("steps", picture.losses().size());
    json.put("weights", picture.weights());
    picture
        .diagnosis()
        .ifPresent(
            found ->
                json.put(
                    "diagnosis",
                    Map.of(
                        "kind", found.kind(),
                        "finding", found.finding(),
                        "advice", found.advice())));
    if (!picture.losses().isEmpty()) {
      Losses last = picture.losses().get(picture.losses().size() - 1);
      json.put("lowestLoss", picture.lowestLoss());
      json.put("lastLoss", last.overall());
      json.put("lastLosses", last.terms());
    }
    json.put("numbers", numbers);
    return json;
  }
}
