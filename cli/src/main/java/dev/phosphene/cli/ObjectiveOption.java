package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.loss.AgainstRestLoss;
import dev.phosphene.visualize.loss.DirectionLoss;
import dev.phosphene.visualize.loss.LayerLoss;
import dev.phosphene.visualize.loss.Loss;
import dev.phosphene.visualize.loss.NeuronLoss;
import dev.phosphene.visualize.loss.WeightedLoss;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What a picture is made for, in the place of the mean activation of the chosen filters. */
final class ObjectiveOption {
  @Option(
      names = "--objective",
      paramLabel = "NAME[=ARG]",
      converter = Converter.class,
      description = {
        "What is maximized, in the place of the mean over positions of the chosen filters:",
        "neuron (in the middle), neuron=2,5 (at a position), layer (all of it: DeepDream),"
            + " direction=FILE.npy or direction=FILE.npy,2 (of filters; with a power of the"
            + " cosine), against-rest (filters less the mean of all others)."
      })
  private @Nullable Form form;

  /** An objective that may have to be read from a file. */
  record Form(Supplier<Loss> loss) {}

  /** Reads what stands after {@code --objective}. */
  static final class Converter implements ITypeConverter<Form> {
    @Override
    public Form convert(String text) {
      int equals = text.indexOf('=');
      String name = equals < 0 ? text : text.substring(0, equals);
      String argument = equals < 0 ? null : text.substring(equals + 1);
      return switch (name) {
        case "activation" -> plain(text, argument, new ActivationLoss());
        case "layer" -> plain(text, argument, new LayerLoss());
        case "against-rest" -> plain(text, argument, new AgainstRestLoss());
        case "neuron" -> {
          Loss neuron =
              argument == null ? NeuronLoss.CENTRE : new NeuronLoss(position(text, argument));
          yield new Form(() -> neuron);
        }
        case "direction" -> direction(text, argument);
        default ->
            throw new TypeConversionException(
                "there is no objective \"%s\"; there are activation, neuron, layer, direction and against-rest"
                    .formatted(name));
      };
    }

    private static Form plain(String text, @Nullable String argument, Loss loss) {
      if (argument != null) {
        throw new TypeConversionException(
            "expected nothing after the name, found \"%s\"".formatted(text));
      }
      return new Form(() -> loss);
    }

    private static List<Integer> position(String text, String argument) {
      List<Integer> position = new ArrayList<>();
      try {
        for (String part : argument.split(",", -1)) {
          position.add(Integer.parseInt(part.strip()));
        }
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "expected whole numbers such as neuron=2,5, one for each axis of positions, found \"%s\""
                .formatted(text));
      }
      return position;
    }

    private static Form direction(String text, @Nullable String argument) {
      String file = argument == null ? "" : argument;
      double power = 0;
      int comma = file.lastIndexOf(',');
      if (comma >= 0) {
        try {
          power = Double.parseDouble(file.substring(comma + 1));
          file = file.substring(0, comma);
        } catch (NumberFormatException e) {
          throw new TypeConversionException(
              "expected a file and a power such as direction=v.npy,2, found \"%s\""
                  .formatted(text));
        }
      }
      if (file.isEmpty()) {
        throw new TypeConversionException(
            "expected a file such as direction=v.npy, found \"%s\"".formatted(text));
      }
      Path path = Path.of(file);
      double cosinePower = power;
      return new Form(() -> read(path, cosinePower));
    }

    private static Loss read(Path file, double cosinePower) {
      if (!(GivenInput.read(file) instanceof GivenInput.Array array)) {
        throw new PhospheneException(
            "%s: a direction should be a .npy file with a number for each filter".formatted(file));
      }
      List<Float> parts = new ArrayList<>();
      for (float part : array.tensor().toFloats()) {
        parts.add(part);
      }
      return new DirectionLoss(parts, cosinePower);
    }
  }

  /**
   * The losses of a recipe, with this objective in the place of the activation.
   *
   * @throws PhospheneException where the file of a direction cannot be used
   */
  List<WeightedLoss> in(List<WeightedLoss> losses) {
    if (form == null) {
      return losses;
    }
    Loss objective = form.loss().get();
    return losses.stream()
        .map(
            weighted ->
                weighted.loss() instanceof ActivationLoss
                    ? WeightedLoss.weighted(objective, weighted.weight())
                    : weighted)
        .toList();
  }
}
