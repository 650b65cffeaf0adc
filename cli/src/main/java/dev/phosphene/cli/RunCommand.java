package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.LayerActivation;
import dev.phosphene.visualize.Target;
import java.util.LinkedHashMap;
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
    arrays.write(result);
    console.note("Wrote %s: %s".formatted(arrays.output(), result));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", arrays.output().toString());
    json.put("shape", result.sizes());
    json.put("type", result.type().toString());
    json.put("model", modelOptions.name());
    json.put("layer", target.layer().name());
    json.put("beforeSoftmax", target.beforeSoftmax());
    json.put("seconds", Seconds.since(start));
    outputOptions.printJson(console, json);
    return 0;
  }
}
