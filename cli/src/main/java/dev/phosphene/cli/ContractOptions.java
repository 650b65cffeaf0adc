package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Embedding;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.InputContract.Channels;
import dev.phosphene.model.InputContract.Layout;
import dev.phosphene.model.InputContract.Source;
import dev.phosphene.model.Model;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** What the network expects of its input, where the user knows better than the file. */
final class ContractOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--input-range",
      paramLabel = "A,B",
      converter = RangeConverter.class,
      description = "Values that black and full brightness have, such as 0,1 or -1,1 or 0,255.")
  private @Nullable Range range;

  @Option(
      names = "--mean",
      paramLabel = "A,B,C",
      converter = NumbersConverter.class,
      description = "What is subtracted from each channel, on the scale of the range.")
  private @Nullable Numbers mean;

  @Option(
      names = "--deviation",
      paramLabel = "A,B,C",
      converter = NumbersConverter.class,
      description = "What each channel is then divided by.")
  private @Nullable Numbers deviation;

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      converter = LayoutConverter.class,
      description =
          "Where the input has its channels: channels_first, channels_last, or the order of all its"
              + " axes, such as NCHW, NLC, NDHWC.")
  private @Nullable Layout layout;

  @Option(
      names = "--channels",
      paramLabel = "NAME",
      description = "What the input's channels are: RGB, BGR or GRAY.")
  private @Nullable Channels channels;

  @Option(
      names = "--size",
      paramLabel = "HxW",
      converter = SizeConverter.class,
      description =
          "Height and width of the input, where the model leaves them open; 16x16x16 for a volume,"
              + " one number for a signal or for all axes. Not together with --shape.")
  private @Nullable Size size;

  /** A number, or one for each channel. */
  record Numbers(float[] values) {}

  /** Values of black and of full brightness. */
  record Range(float low, float high) {}

  /** Sizes of an input's spatial axes, or one for all of them. */
  record Size(long[] values) {}

  /** Reads numbers with commas between them. */
  static final class NumbersConverter implements ITypeConverter<Numbers> {
    @Override
    public Numbers convert(String text) {
      String[] parts = text.split(",", -1);
      float[] numbers = new float[parts.length];
      for (int i = 0; i < parts.length; i++) {
        try {
          numbers[i] = Float.parseFloat(parts[i].strip());
        } catch (NumberFormatException e) {
          throw new TypeConversionException(
              "expected numbers with commas between them, found \"%s\"".formatted(text));
        }
      }
      return new Numbers(numbers);
    }
  }

  /** Reads two numbers with a comma between them. */
  static final class RangeConverter implements ITypeConverter<Range> {
    @Override
    public Range convert(String text) {
      float[] numbers = new NumbersConverter().convert(text).values();
      if (numbers.length != 2 || !(numbers[0] < numbers[1])) {
        throw new TypeConversionException(
            "expected two numbers, the lower one first, such as 0,1, found \"%s\"".formatted(text));
      }
      return new Range(numbers[0], numbers[1]);
    }
  }

  /** Reads {@code 128x96}, {@code 16x16x16}, or {@code 128} for all axes. */
  static final class SizeConverter implements ITypeConverter<Size> {
    private static final Pattern SIZE = Pattern.compile("[1-9]\\d{0,6}(?:[xX][1-9]\\d{0,6}){0,2}");

    @Override
    public Size convert(String text) {
      String sizes = text.strip();
      if (!SIZE.matcher(sizes).matches()) {
        throw new TypeConversionException(
            "expected height and width such as 128x96, or 128, or 16x16x16, found \"%s\""
                .formatted(text));
      }
      return new Size(
          Pattern.compile("[xX]").splitAsStream(sizes).mapToLong(Long::parseLong).toArray());
    }
  }

  /** Reads the name of a layout. */
  static final class LayoutConverter implements ITypeConverter<Layout> {
    @Override
    public Layout convert(String text) {
      try {
        return Layout.named(text);
      } catch (PhospheneException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /**
   * What the network is taken to expect.
   *
   * @throws PhospheneException where the options contradict the model
   * @throws ParameterException where both --size and --shape say how large the input is
   */
  InputContract contract(Model model) {
    InputContract contract = model.inputContract();
    if (size != null && model.inputShapes().containsKey(contract.input())) {
      throw new ParameterException(
          spec.commandLine(),
          "Options --size and --shape both say how large input \"%s\" is; give one of them"
              .formatted(contract.input()));
    }
    if (layout != null) {
      contract = contract.withLayout(layout, Source.OPTION);
    }
    if (channels != null) {
      contract = contract.withChannels(channels, Source.OPTION);
    }
    if (range != null) {
      contract = contract.withRange(range.low(), range.high(), Source.OPTION);
    }
    if (mean != null) {
      contract = contract.withMean(mean.values(), Source.OPTION);
    }
    if (deviation != null) {
      contract = contract.withDeviation(deviation.values(), Source.OPTION);
    }
    if (size != null) {
      contract = contract.withSize(size.values(), Source.OPTION);
    }
    return contract;
  }

  /** Tells what the network is taken to expect, and how to say otherwise. */
  static void announce(Consumer<String> lines, Model model, InputContract contract) {
    String line =
        Embedding.of(model.graph(), contract.input())
            .filter(Embedding::isLookup)
            .map(
                embedding ->
                    "input \"%s\" %s: whole numbers from 0 to %d, which choose rows of \"%s\""
                        .formatted(
                            contract.input(),
                            contract.shape(),
                            embedding.entries() - 1,
                            embedding.table()))
            .orElseGet(contract::describe);
    lines.accept(line.substring(0, 1).toUpperCase(Locale.ROOT) + line.substring(1));
  }

  /** The contract for another program. */
  static Map<String, Object> json(InputContract contract) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", contract.input());
    json.put("layout", contract.axes());
    json.put("channels", contract.channels());
    json.put("range", new double[] {contract.low(), contract.high()});
    json.put("mean", contract.mean());
    json.put("deviation", contract.deviation());
    json.put("size", contract.spatial().isStatic() ? contract.spatial().sizes() : null);
    Map<String, Object> sources = new LinkedHashMap<>();
    for (InputContract.Part part : InputContract.Part.values()) {
      sources.put(lowerCase(part), lowerCase(contract.source(part)));
    }
    json.put("sources", sources);
    return json;
  }

  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
