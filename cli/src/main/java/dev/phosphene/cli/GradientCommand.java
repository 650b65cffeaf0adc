package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Gradient;
import dev.phosphene.visualize.Target;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the gradient of filters at an input. */
@Command(
    name = "gradient",
    customSynopsis = "phosphene gradient MODEL --input FILE --filter F -o FILE.npy [OPTIONS]",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Write the raw gradient, at the model's input or at another layer, of the mean of a filter"
            + " over batch and positions; with several filters, of the sum of their means.")
final class GradientCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions modelOptions;
  @Mixin private InputOption inputOption;
  @Mixin private LayerOptions layerOptions;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "F",
      required = true,
      converter = FilterSelection.Converter.class,
      description = "Filters: 20, or 20,21, or 0-63, or all.")
  private FilterSelection filters;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.npy",
      required = true,
      description = "The file to write.")
  private Path output = Path.of("");

  @Option(
      names = "--wrt",
      paramLabel = "LAYER",
      description =
          "The gradient with respect to what this layer gives, in the place of the input: its"
              + " index, name or a glob, or the name of any value in the model, also of another"
              + " input.")
  private @Nullable String withRespectTo;

  @Mixin private BackpropOption backprop;
  @Mixin private ContractOptions contractOptions;
  @Mixin private ThreadOption threads;
  @Mixin private DeviceOption deviceOption;
  @Mixin private CacheOption cacheOption;
  @Mixin private OutputOptions outputOptions;

  @Override
  public Integer call() {
    ArrayFile.requireUsable(spec, "--output", output);
    long start = System.nanoTime();
    Console console = outputOptions.console();
    GivenFiles files = inputOption.read();
    Model opened = modelOptions.open();
    boolean throughInput = withRespectTo != null && opened.graph().isInput(withRespectTo);
    GivenFiles.Chosen chosen = files.choose(opened, throughInput ? withRespectTo : "");
    Model model = chosen.model();
    InputContract contract = contractOptions.contract(model);
    Target target = layerOptions.find(model);
    LayerOptions.announce(console, target);
    List<Integer> together = filters.together(target);
    Tensor input = chosen.main().tensor(model, contract);
    Gradient gradient =
        layerOptions
            .applyTo(Gradient.of(model))
            .filters(together)
            .inputContract(contract)
            .withRespectTo(throughInput ? null : withRespectTo)
            .backprop(backprop.or(BackpropModifier.NONE))
            .threads(threads.count())
            .device(deviceOption.device());
    cacheOption.open(console).ifPresent(gradient::cache);
    GivenFiles.announceHeld(console, model, target, input.shape());
    if (withRespectTo == null || throughInput) {
      gradient.variable().ifPresent(layer -> announce(console, model, layer));
    }
    Tensor result;
    try (Gradient.Compiled compiled = gradient.compile(input.shape())) {
      console.begin();
      result = compiled.at(input).gradient().as(ElementType.FLOAT32);
    }
    ArrayFile.write(console, output, result);
    Map<String, Object> json = ArrayFile.json(output, result, modelOptions.name(), target);
    json.put("filters", together);
    json.put("seconds", Seconds.since(start));
    outputOptions.printJson(console, json);
    return 0;
  }

  private static void announce(Console console, Model model, Layer variable) {
    console.note(
        "Input \"%s\" takes whole numbers: the gradient is that at the output of layer \"%s\" (%s, output %s), which embeds them; --wrt chooses another layer"
            .formatted(model.mainInput(), variable.name(), variable.kind(), variable.shape()));
  }
}
