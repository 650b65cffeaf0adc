package dev.phosphene.cli;

import dev.phosphene.visualize.AttributionRecord.Method;
import dev.phosphene.visualize.optimizer.GradientModifier;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows which regions of an input count. */
@Command(
    name = "cam",
    customSynopsis = "phosphene cam MODEL --input FILE [--filter F] [-o FILE] [OPTIONS]",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Show which regions of an input speak for filters: Grad-CAM.")
final class CamCommand implements Callable<Integer> {
  @Mixin private AttributionOptions options;

  @Option(
      names = "--penultimate",
      paramLabel = "LAYER",
      description =
          "The layer whose feature maps are weighted: index, name or glob; the last before --layer"
              + " that has positions where it is not given.")
  private @Nullable String penultimate;

  @Override
  public Integer call() {
    new AttributionWork(options, Method.CAM).run(GradientModifier.NONE, penultimate);
    return 0;
  }
}
