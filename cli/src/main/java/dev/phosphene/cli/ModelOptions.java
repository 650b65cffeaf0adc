package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Activation;
import dev.phosphene.model.Labels;
import dev.phosphene.model.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Which model a command looks at, and what is changed in it. */
final class ModelOptions {
  @Parameters(
      paramLabel = "MODEL",
      description = "An ONNX or Keras file, or \"demo\" for the embedded network.")
  private String model = "";

  @Option(
      names = "--activation",
      paramLabel = "LAYER=NAME",
      converter = ExchangeConverter.class,
      description =
          "Another activation at the end of a layer, such as predictions=linear; may be repeated.")
  private List<Exchange> exchanges = new ArrayList<>();

  @Mixin private ShapeOption shapes;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Names of the classes in the order of the outputs: a text file, one a line.")
  private @Nullable Path labels;

  /** Another activation at the end of a layer. */
  record Exchange(String layer, Activation activation) {}

  /** Reads what stands after {@code --activation}. */
  static final class ExchangeConverter implements ITypeConverter<Exchange> {
    @Override
    public Exchange convert(String text) {
      int equals = text.lastIndexOf('='); // activations have none in their names, layers may
      if (equals < 1) {
        throw new TypeConversionException(
            "expected a layer and its activation, such as predictions=linear, found \"%s\""
                .formatted(text));
      }
      try {
        return new Exchange(
            text.substring(0, equals).strip(), Activation.named(text.substring(equals + 1)));
      } catch (PhospheneException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /**
   * Opens the model.
   *
   * @throws PhospheneException where it or the labels cannot be read, it has no such layer, or
   *     shapes do not fit it
   */
  Model open() {
    Model opened = ModelSource.open(model);
    for (Exchange exchange : exchanges) {
      opened = opened.withActivation(exchange.layer(), exchange.activation());
    }
    opened = shapes.applyTo(opened);
    return labels == null ? opened : opened.withLabels(Labels.read(labels));
  }

  String name() {
    return model;
  }
}
