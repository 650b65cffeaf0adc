package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Gradient;
import dev.phosphene.visualize.Target;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times a step, for comparisons with other tools. */
@Command(
    name = "benchmark",
    hidden = true,
    mixinStandardHelpOptions = true,
    description = "Time a step: a filter's mean and its gradient at a random input.")
final class BenchmarkCommand implements Callable<Integer> {
  /** Right after the start of a process steps may be slower by half for a second or two. */
  private static final Duration WARM_UP = Duration.ofSeconds(2);

  @Mixin private ModelOptions modelOptions;
  @Mixin private LayerOptions layerOptions;
  @Mixin private ContractOptions contractOptions;
  @Mixin private ThreadOption threads;
  @Mixin private DeviceOption deviceOption;
  @Mixin private CacheOption cacheOption;
  @Mixin private OutputOptions outputOptions;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "F",
      required = true,
      converter = FilterSelection.Converter.class,
      description = "Filters: 20, or 20,21, or 0-63, or all.")
  private FilterSelection filters;

  @Option(names = "--steps", paramLabel = "N", description = "How many steps to time.")
  private int steps = 20;

  @Option(
      names = "--processor-time",
      description = "Time the thread that computes; with --threads 1.")
  private boolean processorTime;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "How many pictures in a step, spread over the threads.")
  private int batch = 1;

  @Override
  public Integer call() {
    if (steps < 1 || batch < 1) {
      throw new PhospheneException(
          "--steps and --batch should be 1 or more, found %d and %d".formatted(steps, batch));
    }
    Console console = outputOptions.console();
    Model model = modelOptions.open();
    Target target = layerOptions.find(model);
    List<Integer> chosen = filters.together(target);
    ActivationMaximization sized =
        ActivationMaximization.of(model).inputContract(contractOptions.contract(model));
    Tensor input = random(sized.inputShape().sizes());
    // As the pictures of a run are: each is computed by one thread, if there are several.
    int lanes = Math.min(batch, threads.count());
    Gradient gradient =
        layerOptions
            .applyTo(Gradient.of(model))
            .filters(chosen)
            .threads(threads.count() - lanes + 1)
            .device(deviceOption.device());
    cacheOption.open(console).ifPresent(gradient::cache);
    double[] times;
    try (Gradient.Compiled compiled = gradient.compile(input.shape())) {
      times = compiled.time(input, batch, lanes, WARM_UP, steps, clock());
    }
    Arrays.sort(times);
    double median = (times[(times.length - 1) / 2] + times[times.length / 2]) / 2;
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", modelOptions.name());
    json.put("layer", target.layer().name());
    json.put("shape", input.sizes());
    json.put("pictures", batch);
    json.put("threads", threads.count());
    json.put("steps", times.length);
    json.put("medianMilliseconds", median);
    json.put("leastMilliseconds", times[0]);
    json.put("mostMilliseconds", times[times.length - 1]);
    outputOptions.printJson(console, json);
    if (!outputOptions.isJson()) {
      console.result(
          String.format(Locale.ROOT, "Median of %d steps: %.2f ms", times.length, median));
    }
    return 0;
  }

  /**
   * The processor's time tells more than the wall clock's where other programs run; it is that of
   * one thread.
   */
  private LongSupplier clock() {
    return processorTime
        ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime
        : System::nanoTime;
  }

  private static Tensor random(long... sizes) {
    Random random = new Random(0);
    float[] values = new float[Math.toIntExact(Shape.elements(sizes))];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, sizes);
  }
}
