package dev.phosphene.model;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
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
 * @param shape of the input, batch and channels included; sizes are unknown where any will do
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
    Shape shape,
    Map<Part, Source> sources) {
  /**
   * Positions of one input; more do not fit into memory together with any network's activations.
   */
  private static final long LARGEST_INPUT = 1L << 28;

  /** Where an input has its channels. */
  public enum Layout {
    /** {@code [N, C, ...]}, as PyTorch has it: NCL, NCHW, NCDHW. */
    CHANNELS_FIRST,
    /** {@code [N, ..., C]}, as TensorFlow and Keras have it: NLC, NHWC, NDHWC. */
    CHANNELS_LAST;

    /** Spatial axes by their number, as they are called after the batch's N; W for L is known. */
    private static final List<String> SPATIAL = List.of("", "L", "HW", "DHW", "W");

    /**
     * The layout of a name, in letters of any case: {@code channels_first}, {@code channels_last},
     * or the axes of an input of one to three spatial dimensions.
     *
     * @throws PhospheneException where there is none; the message lists them
     */
    public static Layout named(String name) {
      String wanted = name.strip().toUpperCase(Locale.ROOT);
      for (Layout layout : values()) {
        boolean isForm = SPATIAL.stream().anyMatch(axes -> layout.around(axes).equals(wanted));
        if (isForm || layout.name().equals(wanted)) {
          return layout;
        }
      }
      throw new PhospheneException(
          "No layout is called \"%s\"; expected one of NCHW, NHWC, NCL, NCW, NLC, NWC, NCDHW,"
                  .formatted(name)
              + " NDHWC, channels_first, channels_last");
    }

    /**
     * The order of axes as a name.
     *
     * @param dimensions how many spatial ones there are, -1 where that is not known
     */
    String axes(int dimensions) {
      return dimensions >= 0 && dimensions <= 3
          ? around(SPATIAL.get(dimensions))
          : name().toLowerCase(Locale.ROOT);
    }

    private String around(String axes) {
      return this == CHANNELS_FIRST ? "NC" + axes : "N" + axes + "C";
    }
  }

  /** What the channels of a picture are. */
  public enum Channels {
    RGB,
    BGR,
    GRAY,
    /** Not those of a picture. */
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
    return with(
        Part.LAYOUT,
        source,
        changes -> {
          changes.layout = other;
          if (other != layout && shape.isRankKnown() && source(Part.SIZE) != Source.SHAPE) {
            // Sizes that were given are of spatial axes, wherever those are.
            changes.shape =
                shape(other, shape.dimension(0), channelDimension(), spatial().dimensions());
          }
        });
  }

  public InputContract withChannels(Channels other, Source source) {
    return with(Part.CHANNELS, source, changes -> changes.channels = other);
  }

  /**
   * The same contract with another range. A mean and deviation that were only assumed go with the
   * assumed range, so they become 0 and 1.
   */
  public InputContract withRange(double newLow, double newHigh, Source source) {
    return with(
        Part.RANGE,
        source,
        changes -> {
          changes.low = newLow;
          changes.high = newHigh;
          changes.mean = source(Part.MEAN) == Source.ASSUMED ? new float[] {0} : mean;
          changes.dropAssumedDeviation();
        });
  }

  /**
   * The same contract with another mean: one number, or one a channel, on the scale of the range.
   */
  public InputContract withMean(float[] other, Source source) {
    return with(
        Part.MEAN,
        source,
        changes -> {
          changes.mean = other;
          changes.dropAssumedDeviation();
        });
  }

  /** The same contract with another deviation: one number, or one a channel. */
  public InputContract withDeviation(float[] other, Source source) {
    return with(Part.DEVIATION, source, changes -> changes.deviation = other);
  }

  /**
   * The same contract with other sizes of the spatial axes.
   *
   * @param sizes one for each spatial axis, or one for all of them
   * @throws PhospheneException where their number is not that of the axes, one is below 1, or they
   *     are too large together
   */
  public InputContract withSize(long[] sizes, Source source) {
    if (!shape.isRankKnown() || shape.rank() < 3) {
      throw new PhospheneException(
          "Input \"%s\" of shape %s has no spatial axes whose size could be chosen"
              .formatted(input, shape));
    }
    int dimensions = shape.rank() - 2;
    List<Dimension> each = new ArrayList<>();
    double positions = 1;
    for (int axis = 0; axis < dimensions && sizes.length > 0; axis++) {
      long size = sizes[Math.min(axis, sizes.length - 1)];
      positions *= size < 1 ? Double.NaN : size;
      each.add(Dimension.of(size));
    }
    boolean fits = sizes.length == 1 || sizes.length == dimensions;
    if (!fits || !(positions <= LARGEST_INPUT)) {
      throw new PhospheneException(
          "Size %s does not fit input \"%s\" (%s): expected %d sizes of at least 1, of at most %d elements together"
              .formatted(text(sizes), input, axes(), dimensions, LARGEST_INPUT));
    }
    Shape other = shape(layout, shape.dimension(0), channelDimension(), each);
    return with(Part.SIZE, source, changes -> changes.shape = other);
  }

  private Dimension channelDimension() {
    return shape.dimension(layout == Layout.CHANNELS_FIRST ? 1 : -1);
  }

  private static Shape shape(
      Layout layout, Dimension batch, Dimension channels, List<Dimension> spatial) {
    List<Dimension> dimensions = new ArrayList<>(spatial);
    dimensions.add(layout == Layout.CHANNELS_FIRST ? 0 : spatial.size(), channels);
    dimensions.add(0, batch);
    return Shape.of(dimensions);
  }

  private InputContract with(Part part, Source source, Consumer<Changes> change) {
    Changes changes = new Changes(this);
    change.accept(changes);
    changes.sources.put(part, source);
    return changes.apply();
  }

  /** The parts of a contract while they are changed. */
  private static final class Changes {
    private final InputContract contract;
    private Layout layout;
    private Channels channels;
    private double low;
    private double high;
    private float[] mean;
    private float[] deviation;
    private Shape shape;
    private final Map<Part, Source> sources = new EnumMap<>(Part.class);

    Changes(InputContract contract) {
      this.contract = contract;
      this.layout = contract.layout;
      this.channels = contract.channels;
      this.low = contract.low;
      this.high = contract.high;
      this.mean = contract.mean;
      this.deviation = contract.deviation;
      this.shape = contract.shape;
      this.sources.putAll(contract.sources);
    }

    void dropAssumedDeviation() {
      if (contract.source(Part.DEVIATION) == Source.ASSUMED) {
        deviation = new float[] {1};
      }
    }

    InputContract apply() {
      return new InputContract(
          contract.input, layout, channels, low, high, mean, deviation, shape, sources);
    }
  }

  /**
   * Sizes of the axes besides batch and channels, such as height and width: unknown where any will
   * do, no axes for vectors; of unknown rank where the model does not say.
   */
  public Shape spatial() {
    if (!shape.isRankKnown()) {
      return shape;
    }
    int rank = shape.rank();
    int first = layout == Layout.CHANNELS_FIRST ? 2 : 1;
    return rank < 3
        ? Shape.scalar()
        : Shape.of(shape.dimensions().subList(first, first + rank - 2));
  }

  /** The order of the input's axes, such as {@code NCHW}. */
  public String axes() {
    return layout.axes(shape.isRankKnown() ? Math.max(0, shape.rank() - 2) : -1);
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
    Shape spatial = spatial();
    String size = spatial.isStatic() ? text(spatial.sizes()) + " " : "";
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
            ? "; say otherwise with --input-range, --mean and --deviation, or in MODEL.phosphene.json"
            : "";
    return "input \"%s\": %s%s %s in [%s, %s]%s (%s)%s"
        .formatted(
            input,
            size,
            channels == Channels.OTHER ? "" : channels,
            axes(),
            number(low),
            number(high),
            standardized,
            how,
            otherwise)
        .replaceAll(" +", " ");
  }

  /** Sizes as {@code --size} takes them: {@code 24x32}. */
  private static String text(long[] sizes) {
    return Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining("x"));
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
