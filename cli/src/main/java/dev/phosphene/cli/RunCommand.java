package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.Model;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.LayerActivation;
import dev.phosphene.visualize.Target;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tells what a layer gives for an input. */
@Command(
    name = "run",
    customSynopsis = "phosphene run MODEL --input FILE [--layer L] [-o FILE.npy] [OPTIONS]",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Write what a layer gives for an input; for the last layer and a picture, also print what"
            + " the network takes it for, the five best classes first.")
final class RunCommand implements Callable<Integer> {
  /** Answers that are printed of a picture. */
  private static final int ANSWERS = 5;

  @Spec private CommandSpec spec;
  @Mixin private ModelOptions modelOptions;
  @Mixin private InputOption inputOption;
  @Mixin private LayerOptions layerOptions;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.npy",
      description = "The file to write; may be left out where answers are printed.")
  private @Nullable Path output;

  @Mixin private ContractOptions contractOptions;
  @Mixin private ThreadOption threads;
  @Mixin private DeviceOption deviceOption;
  @Mixin private CacheOption cacheOption;
  @Mixin private OutputOptions outputOptions;

  @Override
  public Integer call() {
    if (output != null) {
      ArrayFile.requireUsable(spec, "--output", output);
    }
    long start = System.nanoTime();
    Console console = outputOptions.console();
    GivenFiles files = inputOption.read();
    GivenFiles.Chosen chosen = files.choose(modelOptions.open(), "");
    GivenInput given = chosen.main();
    Model model = chosen.model();
    InputContract contract = contractOptions.contract(model);
    Target target = layerOptions.find(model);
    boolean answered = given instanceof GivenInput.Photo && Answers.canTell(model, target);
    if (output == null && !answered) {
      throw new ParameterException(
          spec.commandLine(),
          "Missing option -o: only the classes of a picture are printed, and only where they have"
              + " names (--labels)");
    }
    LayerOptions.announce(console, target);
    ContractOptions.announce(console::note, model, contract);
    Tensor input = given.tensor(model, contract);
    GivenFiles.announceHeld(console, model, target, input.shape());
    announceOtherOutputs(console, model, target);
    SessionSettings usual = threads.settings().withDevice(deviceOption.device());
    SessionSettings settings = cacheOption.open(console).map(usual::withCache).orElse(usual);
    Tensor result = LayerActivation.of(model, target, input, settings);
    console.begin();
    if (output != null) {
      ArrayFile.write(console, output, result);
    }
    List<Answers.Answer> answers =
        answered ? Answers.best(model, target, result, ANSWERS) : List.of();
    if (!outputOptions.isJson() && !outputOptions.isQuiet()) {
      answers.forEach(answer -> console.result(answer.toString()));
    }
    Map<String, Object> json =
        output == null
            ? new LinkedHashMap<>()
            : ArrayFile.json(output, result, modelOptions.name(), target);
    if (answered) {
      json.put("answers", answers);
    }
    json.put("seconds", Seconds.since(start));
    outputOptions.printJson(console, json);
    return 0;
  }

  private static void announceOtherOutputs(Console console, Model model, Target target) {
    List<String> others =
        model.graph().outputs().stream()
            .filter(
                output -> !output.equals(target.value()) && !output.equals(target.layer().output()))
            .toList();
    if (!others.isEmpty()) {
      console.note(
          "Other outputs of the model: \"%s\"; --layer chooses one"
              .formatted(String.join("\", \"", others)));
    }
  }
}
