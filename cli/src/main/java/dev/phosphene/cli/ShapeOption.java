package dev.phosphene.cli;

import dev.phosphene.model.Model;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Sizes for what a model leaves open in the shapes of its inputs. */
final class ShapeOption {
  @Option(
      names = "--shape",
      paramLabel = "[NAME=]1x3xHxW",
      converter = Converter.class,
      description =
          "Sizes of all axes of the input, batch included, where the model leaves some open;"
              + " NAME=1x16 for one of several inputs; may be repeated.")
  private List<NamedShape> shapes = new ArrayList<>();

  /**
   * A shape for an input.
   *
   * @param input name of the input; empty for the one that is looked at
   */
  record NamedShape(String input, Shape shape) {}

  /** Reads {@code 1x3x256x256}, or {@code NAME=1x16}. */
  static final class Converter implements ITypeConverter<NamedShape> {
    private static final Pattern SIZES =
        Pattern.compile("[1-9]\\d{0,8}(?:[xX][1-9]\\d{0,8}){0,15}");

    @Override
    public NamedShape convert(String text) {
      int equals = text.lastIndexOf('=');
      String sizes = text.substring(equals + 1).strip();
      if (equals == 0 || !SIZES.matcher(sizes).matches()) {
        throw new TypeConversionException(
            "expected sizes of at least 1 such as 1x3x256x256, or an input and its sizes such as ids=1x16, found \"%s\""
                .formatted(text));
      }
      return new NamedShape(
          equals < 0 ? "" : text.substring(0, equals),
          Shape.of(
              Pattern.compile("[xX]").splitAsStream(sizes).mapToLong(Long::parseLong).toArray()));
    }
  }

  /**
   * A model with these shapes.
   *
   * @throws dev.phosphene.graph.PhospheneException where they do not fit the model
   */
  Model applyTo(Model model) {
    Model sized = model;
    for (NamedShape each : shapes) {
      sized =
          sized.withShape(each.input().isEmpty() ? model.mainInput() : each.input(), each.shape());
    }
    return sized;
  }
}
