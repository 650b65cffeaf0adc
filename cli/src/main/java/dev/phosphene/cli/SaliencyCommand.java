package dev.phosphene.cli;

import dev.phosphene.visualize.AttributionRecord.Method;
import dev.phosphene.visualize.optimizer.GradientModifier;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows which pixels of an input count. */
@Command(
    name = "saliency",
    customSynopsis = "phosphene saliency MODEL --input FILE [--filter F] [-o FILE] [OPTIONS]",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Show where small changes of an input change filters most: the gradient's largest absolute"
            + " value over channels, or what --gradient makes of it.")
final class SaliencyCommand implements Callable<Integer> {
  @Mixin private AttributionOptions options;

  @Override
  public Integer call() {
    new AttributionWork(options, Method.SALIENCY).run(GradientModifier.ABSOLUTE, null);
    return 0;
  }
}
