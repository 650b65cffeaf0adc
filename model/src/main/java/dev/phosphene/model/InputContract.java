package dev.phosphene.model;

import dev.phosphene.graph.PhospheneException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What a network expects at its input, so that a picture becomes that and back.
 *
 * <p>A picture's elements lie in [0, 1]. The network gets {@code x = (low + (high - low) * picture
 * - mean) / deviation}, channel by channel.
 *
 * @param input name of the graph's input
 * @param layout order of its axes
 * @param channels what its channels are
 * @param low value that black becomes, before mean and deviation
 * @param high value that full brightness becomes, before mean and deviation
 * @param mean subtracted from each channel; one element stands for all channels
 * @param deviation that each channel is divided by, never 0; one element stands for all channels
 * @param height of the input in pixels; empty where any will do
 * @param width of the input in pixels; empty where any will do
 * @param sources how each part is known
 */
public record InputContract(
    String input,
    Layout layout,
    Channels channels,
    double low,
    double high,
    float[] mean,
    float[] deviation,
    OptionalLong height,
    OptionalLong width,
    Map<Part, Source> sources) {

  /** Order of an input's axes. */
  public enum Layout {
    /** {@code [batch, channels, height, width]}, as PyTorch has it. */
    NCHW,
    /** {@code [batch, height, width, channels]}, as TensorFlow and Keras have it. */
    NHWC,
    /** Not a batch of pictures. */
    OTHER
  }

  /** What the channels of a picture are. */
  public enum Channels {
    RGB,
    BGR,
    GRAY,
    /** Another number of channels than a picture has. */
    OTHER
  }

  /** The parts of a contract that can be known in different ways. */
  public enum Part {
    LAYOUT,
    CHANNELS,
    RANGE,
    MEAN,
    DEVIATION,
    SIZE
  }

  /** How a part of a contract is known, the strongest last. */
  public enum Source {
    /** By what networks of this kind usually expect; may be wrong. */
    ASSUMED,
    /** By the declared shape of the input. */
    SHAPE,
    /** By notes or preprocessing layers within the model file. */
    MODEL,
    /** By {@code MODEL.phosphene.json} beside the model. */
    SIDECAR,
    /** By the user. */
    OPTION
  }

  public InputContract {
    mean = mean.clone();
    deviation = deviation.clone();
    sources = Map.copyOf(sources);
    if (!(low < high) || !Double.isFinite(low) || !Double.isFinite(high)) {
      throw new PhospheneException(
          "The range of the model's input is %s to %s; expected two numbers, the lower one first"
              .formatted(low, high));
    }
    requireFinite("mean", mean);
    requireFinite("deviation", deviation);
    for (float element : deviation) {
      if (element <= 0) {
        throw new PhospheneException(
            "The deviation of the model's input is %s; expected numbers above 0"
                .formatted(Arrays.toString(deviation)));
      }
    }
  }

  private static void requireFinite(String what, float[] elements) {
    if (elements.length == 0) {
      throw new PhospheneException("The %s of the model's input has no number".formatted(what));
    }
    for (float element : elements) {
      if (!Float.isFinite(element)) {
        throw new PhospheneException(
            "The %s of the model's input is %s; expected finite numbers"
                .formatted(what, Arrays.toString(elements)));
      }
    }
  }

  @Override
  public float[] mean() {
    return mean.clone();
  }

  @Override
  public float[] deviation() {
    return deviation.clone();
  }

  /** How a part is known. */
  public Source source(Part part) {
    return sources.getOrDefault(part, Source.ASSUMED);
  }

  /** Number of channels that this contract is about; -1 where it is not one of a picture. */
  public int channelCount() {
    return switch (channels) {
      case RGB, BGR -> 3;
      case GRAY -> 1;
      case OTHER -> -1;
    };
  }

  public InputContract withLayout(Layout other, Source source) {
    return new InputContract(
        input,
        other,
        channels,
        low,
        high,
        mean,
        deviation,
        height,
        width,
        with(Part.LAYOUT, source));
  }

  public InputContract withChannels(Channels other, Source source) {
    return new InputContract(
        input,
        layout,
        other,
        low,
        high,
        mean,
        deviation,
        height,
        width,
        with(Part.CHANNELS, source));
  }

  /**
   * The same contract with another range. A mean and deviation that were only assumed go with the
   * assumed range, so they become 0 and 1.
   */
  public InputContract withRange(double newLow, double newHigh, Source source) {
    float[] newMean = source(Part.MEAN) == Source.ASSUMED ? new float[] {0} : mean;
    float[] newDeviation = source(Part.DEVIATION) == Source.ASSUMED ? new float[] {1} : deviation;
    return new InputContract(
        input,
        layout,
        channels,
        newLow,
        newHigh,
        newMean,
        newDeviation,
        height,
        width,
        with(Part.RANGE, source));
  }

  /**
   * The same contract with another mean: one number, or one a channel, on the scale of the range.
   */
  public InputContract withMean(float[] other, Source source) {
    float[] newDeviation = source(Part.DEVIATION) == Source.ASSUMED ? new float[] {1} : deviation;
    return new InputContract(
        input,
        layout,
        channels,
        low,
        high,
        other,
        newDeviation,
        height,
        width,
        with(Part.MEAN, source));
  }

  /** The same contract with another deviation: one number, or one a channel. */
  public InputContract withDeviation(float[] other, Source source) {
    return new InputContract(
        input,
        layout,
        channels,
        low,
        high,
        mean,
        other,
        height,
        width,
        with(Part.DEVIATION, source));
  }

  public InputContract withSize(long newHeight, long newWidth, Source source) {
    return new InputContract(
        input,
        layout,
        channels,
        low,
        high,
        mean,
        deviation,
        OptionalLong.of(newHeight),
        OptionalLong.of(newWidth),
        with(Part.SIZE, source));
  }

  private Map<Part, Source> with(Part part, Source source) {
    Map<Part, Source> changed = new EnumMap<>(Part.class);
    changed.putAll(sources);
    changed.put(part, source);
    return changed;
  }

  /** Whether any part that pictures depend on was only assumed. */
  public boolean isAssumed() {
    return source(Part.RANGE) == Source.ASSUMED || source(Part.CHANNELS) == Source.ASSUMED;
  }

  /**
   * One line that says what the network gets, how that is known, and where it was assumed, how to
   * say otherwise.
   */
  public String describe() {
    String size =
        height.isPresent() && width.isPresent()
            ? "%dx%d ".formatted(height.getAsLong(), width.getAsLong())
            : "";
    String standardized =
        isZero(mean) && isOne(deviation)
            ? ""
            : ", less mean %s, divided by deviation %s".formatted(list(mean), list(deviation));
    String how =
        sources.entrySet().stream()
            .filter(entry -> entry.getKey() == Part.RANGE || entry.getKey() == Part.CHANNELS)
            .map(Map.Entry::getValue)
            .distinct()
            .sorted()
            .map(InputContract::describe)
            .collect(Collectors.joining(" and "));
    String otherwise =
        isAssumed()
            ? "; say otherwise with --range, --mean and --deviation, or in MODEL.phosphene.json"
            : "";
    return "input \"%s\": %s%s %s in [%s, %s]%s (%s)%s"
        .formatted(
            input,
            size,
            channels == Channels.OTHER ? "" : channels,
            layout,
            number(low),
            number(high),
            standardized,
            how,
            otherwise)
        .replaceAll(" +", " ");
  }

  private static String describe(Source source) {
    return switch (source) {
      case ASSUMED -> "assumed";
      case SHAPE -> "by the input's shape";
      case MODEL -> "from the model";
      case SIDECAR -> "from the sidecar file";
      case OPTION -> "as given";
    };
  }

  private static boolean isZero(float[] elements) {
    return Arrays.equals(elements, new float[elements.length]);
  }

  private static boolean isOne(float[] elements) {
    float[] ones = new float[elements.length];
    Arrays.fill(ones, 1);
    return Arrays.equals(elements, ones);
  }

  private static String list(float[] elements) {
    List<String> texts = new ArrayList<>();
    for (float element : elements) {
      texts.add(number(element));
    }
    return String.join(",", texts);
  }

  private static String number(double number) {
    return number == Math.rint(number)
        ? String.format(Locale.ROOT, "%.0f", number)
        : Float.toString((float) number);
  }
}
