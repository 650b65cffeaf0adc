package dev.phosphene.cli;

import dev.phosphene.cli.picture.OutputFile;
import dev.phosphene.image.ColourMap;
import dev.phosphene.image.Overlay;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** What {@code saliency} and {@code cam} have in common. */
final class AttributionOptions {
  private static final List<String> EXTENSIONS =
      Stream.concat(PictureFiles.STILL.stream(), Stream.of(GivenInput.ARRAY_EXTENSION)).toList();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private ModelOptions model;
  @Mixin private InputOption input;
  @Mixin private LayerOptions layer;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "F",
      converter = FilterSelection.Converter.class,
      description =
          "Filters that are explained together: 20, or 20,21, or 0-63, or all; the strongest for"
              + " this input where it is not given.")
  private @Nullable FilterSelection filters;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "The file to write: .png or .jpg for a picture, .npy for the map as numbers in [0, 1], one for"
              + " each position of the input; INPUT-COMMAND.png where it is not given.")
  private @Nullable Path output;

  @Option(
      names = "--raw",
      paramLabel = "FILE.npy",
      description =
          "Also write what the map was made of: for saliency the modified gradient in the input's"
              + " shape, for cam the map at its layer, not scaled.")
  private @Nullable Path raw;

  @Option(
      names = "--map-only",
      description = "The picture shows the map alone, not laid over the input.")
  private boolean mapOnly;

  @Option(
      names = "--colours",
      paramLabel = "NAME",
      converter = ColoursConverter.class,
      completionCandidates = ColourNames.class,
      description = "Colours of the map: ${COMPLETION-CANDIDATES}; turbo if not given.")
  private ColourMap colours = Overlay.BY_STRENGTH.colours();

  @Option(
      names = "--opacity",
      paramLabel = "A",
      converter = OpacityConverter.class,
      description = "Opacity of the map where it is strongest, in [0, 1]; 0.75 if not given.")
  private double opacity = Overlay.BY_STRENGTH.opacity();

  @Mixin private BackpropOption backprop;
  @Mixin private GradientModifierOption gradientModifier;
  @Mixin private ContractOptions contract;
  @Mixin private ThreadOption threads;
  @Mixin private CacheOption cache;
  @Mixin private OutputOptions says;

  /** The names of colour maps from 0 to 1. */
  static final class ColourNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return maps().map(map -> map.name().toLowerCase(Locale.ROOT)).iterator();
    }

    static Stream<ColourMap> maps() {
      return Stream.of(ColourMap.values()).filter(map -> !map.isSigned());
    }
  }

  /** From a name to colours. */
  static final class ColoursConverter implements ITypeConverter<ColourMap> {
    @Override
    public ColourMap convert(String name) {
      return ColourNames.maps()
          .filter(map -> map.name().equalsIgnoreCase(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "expected one of %s, found \"%s\""
                          .formatted(String.join(", ", new ColourNames()), name)));
    }
  }

  /** Reads a share. */
  static final class OpacityConverter implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      try {
        double share = Double.parseDouble(text);
        if (share >= 0 && share <= 1) {
          return share;
        }
      } catch (NumberFormatException e) {
        // said below
      }
      throw new TypeConversionException(
          "expected a number from 0 to 1, found \"%s\"".formatted(text));
    }
  }

  /** Checks, before the work, that all files can be written. */
  void requireUsableFiles() {
    PictureFiles.requireUsable(spec, "--output", output(), EXTENSIONS);
    if (raw != null) {
      ArrayFile.requireUsable(spec, "--raw", raw);
    }
    if (mapOnly && isArray()) {
      throw new ParameterException(
          spec.commandLine(), "Option --map-only is for pictures: a .npy file has the map alone");
    }
  }

  /** The file to write. */
  Path output() {
    return output != null
        ? output
        : Path.of(
            "%s-%s%s"
                .formatted(
                    PictureFiles.stem(input.file()), spec.name(), PictureFiles.USUAL_EXTENSION));
  }

  /** Whether the map is wanted as numbers. */
  boolean isArray() {
    return OutputFile.hasExtension(output(), GivenInput.ARRAY_EXTENSION);
  }

  @Nullable Path raw() {
    return raw;
  }

  ModelOptions model() {
    return model;
  }

  InputOption input() {
    return input;
  }

  LayerOptions layer() {
    return layer;
  }

  @Nullable FilterSelection filters() {
    return filters;
  }

  boolean isMapOnly() {
    return mapOnly;
  }

  Overlay overlay() {
    return new Overlay(colours, opacity, Overlay.BY_STRENGTH.exponent());
  }

  BackpropOption backprop() {
    return backprop;
  }

  GradientModifierOption gradientModifier() {
    return gradientModifier;
  }

  ContractOptions contract() {
    return contract;
  }

  ThreadOption threads() {
    return threads;
  }

  CacheOption cache() {
    return cache;
  }

  OutputOptions says() {
    return says;
  }
}
