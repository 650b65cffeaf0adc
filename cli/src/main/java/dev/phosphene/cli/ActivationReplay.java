package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.cli.console.StepDisplay;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.Image;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Picture;
import dev.phosphene.visualize.RunRecord;
import dev.phosphene.visualize.Target;
import dev.phosphene.visualize.callback.AnimationRecorder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes pictures of activation maximization again. */
final class ActivationReplay {
  private final RunRecord record;
  private final Path file;
  private final Model model;

  /**
   * Prepares the run.
   *
   * @param file that carries the record
   * @param model of the record
   */
  ActivationReplay(RunRecord record, Path file, Model model) {
    this.record = record;
    this.file = file;
    this.model = model;
  }

  /** The picture, or the sheet of all. */
  Image picture(SeedInputOption seedInput, RawOptions rawOptions, Console console) {
    ActivationMaximization run = prepared(seedInput, console);
    List<Picture> made = made(run, console);
    rawOptions.write(console, made);
    return run.sheet().of(made);
  }

  /** The animation, written into a file. */
  void animation(Path target, SeedInputOption seedInput, Console console) {
    AnimationRecorder recorder = new AnimationRecorder(target);
    ActivationMaximization run = prepared(seedInput, console).onIteration(recorder.collecting());
    recorder.write(made(run, console), run.sheet(), record.toJson());
  }

  private ActivationMaximization prepared(SeedInputOption seedInput, Console console) {
    Target target = Target.of(model, record.layer(), record.softmax());
    ActivationMaximization run =
        ActivationMaximization.of(model.withLabels(record.allLabels(target.filters())))
            .layer(record.layer())
            .softmax(record.softmax())
            .pictures(record.pictures())
            .recipe(record.recipe())
            .inputContract(record.contract(model))
            .size(record.size())
            .seed(record.seed())
            .threads(record.threads());
    start(seedInput, run);
    LayerOptions.announce(console, target);
    ContractOptions.announce(console::note, run.model(), run.contract());
    return run;
  }

  private List<Picture> made(ActivationMaximization run, Console console) {
    try (StepDisplay display = new StepDisplay(console, "Replaying")) {
      return run.onIteration(display).runAll();
    }
  }

  private void start(SeedInputOption seedInput, ActivationMaximization run) {
    if (record.start().equals(RunRecord.NOISE)) {
      return;
    }
    if (seedInput.file().isEmpty()) {
      throw new PhospheneException(
          "%s started from an input and not from noise; name that input with --seed-input FILE"
              .formatted(file));
    }
    Optional<Tensor> input = seedInput.applyTo(run);
    if (!RunRecord.startOf(input.orElseThrow()).equals(record.start())) {
      throw new PhospheneException(
          "%s started from another input than %s; name the right one with --seed-input"
              .formatted(file, seedInput.file().get()));
    }
  }
}
