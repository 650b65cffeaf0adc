package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Gradient;
import dev.phosphene.visualize.Target;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the gradient of filters at an input. */
@Command(
    name = "gradient",
    mixinStandardHelpOptions = true,
    description =
        "Write the raw gradient, at the model's input, of the mean of a filter over batch and"
            + " positions; with several filters, of the sum of their means.")
final class GradientCommand implements Callable<Integer> {
  @Mixin private ModelOptions modelOptions;
  @Mixin private LayerOptions layerOptions;
  @Mixin private ArrayOptions arrays;
  @Mixin private ThreadOption threads;
  @Mixin private OutputOptions outputOptions;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "F",
      required = true,
      converter = FilterSelection.Converter.class,
      description = "Filters: 20, or 20,21, or 0-63, or all.")
  private FilterSelection filters;

  @Override
  public Integer call() {
    arrays.requireWritableOutput();
    long start = System.nanoTime();
    Console console = outputOptions.console();
    Model model = modelOptions.open();
    Target target = layerOptions.find(model);
    LayerOptions.announce(console, target);
    List<Integer> chosen = filters.resolve(target).stream().flatMap(List::stream).toList();
    Tensor input = arrays.read();
    Gradient gradient =
        layerOptions.applyTo(Gradient.of(model)).filters(chosen).threads(threads.count());
    Tensor result;
    try (Gradient.Compiled compiled = gradient.compile(input.shape())) {
      console.begin();
      result = compiled.at(input).gradient().as(ElementType.FLOAT32);
    }
    Map<String, Object> json = arrays.write(console, result, modelOptions.name(), target);
    json.put("filters", chosen);
    json.put("seconds", Seconds.since(start));
    outputOptions.printJson(console, json);
    return 0;
  }
}
