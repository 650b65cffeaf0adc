package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.optimizer.Adam;
import dev.phosphene.visualize.optimizer.Clipped;
import dev.phosphene.visualize.optimizer.Lbfgs;
import dev.phosphene.visualize.optimizer.NAdam;
import dev.phosphene.visualize.optimizer.Optimizer;
import dev.phosphene.visualize.optimizer.RmsProp;
import dev.phosphene.visualize.optimizer.Schedule;
import dev.phosphene.visualize.optimizer.Scheduled;
import dev.phosphene.visualize.optimizer.Sgd;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How steps are taken, in the place of a recipe's way. */
final class OptimizerOptions {
  private static final Map<String, Kind> KINDS =
      new TreeMap<>(
          Map.of(
              "adam", new Kind(0.05, Adam::withRate),
              "nadam", new Kind(0.05, NAdam::withRate),
              "rmsprop",
                  new Kind(
                      RmsProp.KERAS_VIS.rate(),
                      rate ->
                          new RmsProp(
                              rate, RmsProp.KERAS_VIS.decay(), RmsProp.KERAS_VIS.epsilon())),
              "sgd", new Kind(1, Sgd::withRate),
              "lbfgs", new Kind(1, Lbfgs::withRate)));

  @Option(
      names = "--optimizer",
      paramLabel = "NAME[=RATE]",
      converter = OptimizerConverter.class,
      description =
          "How steps are taken, in the place of the recipe's: adam, nadam, rmsprop, sgd (with"
              + " momentum 0.9) or lbfgs (gradients not normalized; for runs with --transform"
              + " none), with the rate of a step, such as adam=0.05.")
  private @Nullable Optimizer optimizer;

  @Option(
      names = "--schedule",
      paramLabel = "NAME[=SETTINGS]",
      converter = ScheduleConverter.class,
      description =
          "How the rate changes from step to step: constant, cosine (to 0) or cosine=LAST,"
              + " step=EVERY,FACTOR, warm-up=STEPS, or one after a warm-up: warm-up=16,cosine=0.1.")
  private @Nullable Schedule schedule;

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      description =
          "Shorten gradients longer than this, in the place of giving all of them the same length.")
  private @Nullable Double largestNorm;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "Stop a picture after N steps in which its loss got no lower.")
  private @Nullable Integer patience;

  @Option(
      names = "--gradient-delay",
      paramLabel = "N",
      description =
          "By how many steps gradients are late, in the place of the recipe's: one more than this"
              + " are computed at a time. 0 for none.")
  private @Nullable Integer gradientDelay;

  /**
   * An optimizer by its rate.
   *
   * @param usual rate, where none is given
   */
  private record Kind(double usual, DoubleFunction<Optimizer> reader) {}

  /** Reads an optimizer. */
  static final class OptimizerConverter implements ITypeConverter<Optimizer> {
    @Override
    public Optimizer convert(String text) {
      String[] parts = text.split("=", 2);
      Kind kind = KINDS.get(parts[0]);
      if (kind == null) {
        throw new TypeConversionException(
            "there is no optimizer \"%s\"; there are %s"
                .formatted(parts[0], String.join(", ", KINDS.keySet())));
      }
      try {
        return kind.reader().apply(parts.length == 1 ? kind.usual() : Double.parseDouble(parts[1]));
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "expected a rate such as %s=0.1, found \"%s\"".formatted(parts[0], text));
      } catch (PhospheneException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Reads a schedule. */
  static final class ScheduleConverter implements ITypeConverter<Schedule> {
    @Override
    public Schedule convert(String text) {
      try {
        return schedule(text, text);
      } catch (NumberFormatException e) {
        throw misread(text);
      } catch (PhospheneException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }

    private static Schedule schedule(String part, String text) {
      String[] parts = part.split("=", 2);
      String settings = parts.length == 1 ? "" : parts[1];
      return switch (parts[0]) {
        case "constant" -> {
          if (parts.length == 2) {
            throw misread(text);
          }
          yield new Schedule.Constant();
        }
        case "cosine" -> new Schedule.Cosine(parts.length == 1 ? 0 : Double.parseDouble(settings));
        case "step" -> {
          String[] numbers = settings.split(",", -1);
          if (numbers.length != 2) {
            throw misread(text);
          }
          yield new Schedule.Stairs(Integer.parseInt(numbers[0]), Double.parseDouble(numbers[1]));
        }
        case "warm-up" -> {
          String[] then = settings.split(",", 2);
          if (then.length == 2 && then[1].startsWith("warm-up")) {
            throw misread(text);
          }
          yield new Schedule.WarmUp(
              Integer.parseInt(then[0]),
              then.length == 1 ? new Schedule.Constant() : schedule(then[1], text));
        }
        default ->
            throw new TypeConversionException(
                "there is no schedule \"%s\"; there are constant, cosine, step and warm-up"
                    .formatted(parts[0]));
      };
    }

    private static TypeConversionException misread(String text) {
      return new TypeConversionException(
          "expected constant, cosine, cosine=0.1, step=32,0.5, warm-up=16 or warm-up=16,cosine, found \"%s\""
              .formatted(text));
    }
  }

  /**
   * Changes a recipe's way of taking steps.
   *
   * @throws PhospheneException where a number is out of range
   */
  void change(Recipe recipe, Recipe.Changes changes) {
    Optimizer changed = optimizer == null ? recipe.optimizer() : optimizer;
    if (schedule != null) {
      changed = new Scheduled(changed, schedule);
    }
    if (largestNorm != null) {
      changed = new Clipped(changed, largestNorm);
    }
    changes.optimizer(changed);
    if (largestNorm != null || optimizer instanceof Lbfgs) {
      changes.normalizeGradient(false);
    }
    if (patience != null) {
      changes.patience(patience);
    }
    if (gradientDelay != null) {
      changes.gradientDelay(gradientDelay);
    }
  }
}
