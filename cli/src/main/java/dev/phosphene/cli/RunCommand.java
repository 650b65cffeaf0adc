package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.LayerActivation;
import dev.phosphene.visualize.Target;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Writes what a layer gives for an input. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Write what a layer gives for an input.")
final class RunCommand implements Callable<Integer> {
  @Mixin private ModelOptions modelOptions;
  @Mixin private LayerOptions layerOptions;
  @Mixin private ArrayOptions arrays;
  @Mixin private ThreadOption threads;
  @Mixin private OutputOptions outputOptions;

  @Override
  public Integer call() {
    arrays.requireWritableOutput();
    long start = System.nanoTime();
    Console console = outputOptions.console();
    Model model = modelOptions.open();
    Target target = layerOptions.find(model);
    LayerOptions.announce(console, target);
    Tensor result = LayerActivation.of(model, target, arrays.read(), threads.settings());
    console.begin();
    Map<String, Object> json = arrays.write(console, result, modelOptions.name(), target);
    json.put("seconds", Seconds.since(start));
    outputOptions.printJson(console, json);
    return 0;
  }
}
