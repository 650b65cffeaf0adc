package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One strength for every position of a signal, a picture or a volume: what an attribution method
 * returns, ready for a {@link ColourMap}. Strengths lie in [0, 1], or in [-1, 1] where they have a
 * sign.
 */
public final class HeatMap {
  private static final int MOST_AXES = 3;

  /** {@code [L]}, {@code [H, W]} or {@code [D, H, W]}. */
  private final int[] sizes;

  private final float[] strengths;

  private HeatMap(int[] sizes, float[] strengths) {
    this.sizes = sizes;
    this.strengths = strengths;
  }

  /** A map of a picture with a copy of these strengths, {@code [height, width]}, as they are. */
  public static HeatMap of(int width, int height, float[] strengths) {
    if (width < 1 || height < 1 || (long) width * height != strengths.length) {
      throw new IllegalArgumentException(
          "A heat map of %d x %d does not hold %d strengths"
              .formatted(width, height, strengths.length));
    }
    return new HeatMap(new int[] {height, width}, strengths.clone());
  }

  /**
   * A map with these strengths, taken as they are.
   *
   * @param strengths {@code [L]}, {@code [H, W]} or {@code [D, H, W]}
   * @throws PhospheneException where the tensor has another shape
   */
  public static HeatMap of(Tensor strengths) {
    if (strengths.rank() < 1 || strengths.rank() > MOST_AXES || strengths.elements() < 1) {
      throw new PhospheneException(
          "A heat map has the shape [L], [H, W] or [D, H, W], found " + strengths.shape());
    }
    int[] sizes = Arrays.stream(strengths.sizes()).mapToInt(Math::toIntExact).toArray();
    return new HeatMap(sizes, strengths.toFloats());
  }

  /**
   * A class activation map, stretched from its smallest to its largest value to [0, 1].
   *
   * @param map {@code [L]}, {@code [H, W]} or {@code [D, H, W]}
   * @throws PhospheneException where the tensor has another shape
   */
  public static HeatMap ofActivation(Tensor map) {
    HeatMap plain = of(map);
    return new HeatMap(plain.sizes, Normalization.minimumToMaximum(plain.strengths));
  }

  /**
   * A saliency map as keras-vis makes it: the largest value over channels, then {@link
   * #normalized}.
   *
   * @param attribution of one input: {@code [1, C, spatial...]}, or channels last
   * @throws PhospheneException where the tensor has another shape
   */
  public static HeatMap ofLargest(Tensor attribution, Layout layout) {
    return of(ChannelReduction.LARGEST.apply(attribution, layout)).normalized();
  }

  /**
   * The magnitudes of an attribution: the largest absolute value over channels, divided by a
   * percentile ({@link Normalization#ATTRIBUTION_PERCENTILE} is usual) and clipped to [0, 1].
   *
   * @param attribution of one input: {@code [1, C, spatial...]}, or channels last
   * @throws PhospheneException where the tensor has another shape
   */
  public static HeatMap ofMagnitudes(Tensor attribution, Layout layout, double percentile) {
    return byPercentile(ChannelReduction.LARGEST_MAGNITUDE.apply(attribution, layout), percentile);
  }

  /**
   * The signed sum of an attribution over channels, divided by a percentile of magnitudes and
   * clipped to [-1, 1], for {@link ColourMap#DIVERGING}.
   *
   * @param attribution of one input: {@code [1, C, spatial...]}, or channels last
   * @throws PhospheneException where the tensor has another shape
   */
  public static HeatMap ofSigned(Tensor attribution, Layout layout, double percentile) {
    return byPercentile(ChannelReduction.SUM.apply(attribution, layout), percentile);
  }

  private static HeatMap byPercentile(Tensor reduced, double percentile) {
    HeatMap plain = of(reduced);
    return new HeatMap(plain.sizes, Normalization.byPercentile(plain.strengths, percentile));
  }

  /** This map stretched to [0, 1] as keras-vis does it: {@link Normalization#kerasVisRange}. */
  public HeatMap normalized() {
    return new HeatMap(sizes, Normalization.kerasVisRange(strengths));
  }

  /** {@code [L]}, {@code [H, W]} or {@code [D, H, W]}. */
  public List<Integer> spatial() {
    return Arrays.stream(sizes).boxed().toList();
  }

  /** Positions along the last axis: of a picture across, or the length of a signal. */
  public int width() {
    return sizes[sizes.length - 1];
  }

  /** Rows of a picture; 1 for a signal. */
  public int height() {
    return sizes.length > 1 ? sizes[sizes.length - 2] : 1;
  }

  /** Slices of a volume; 1 for a picture or a signal. */
  public int depth() {
    return sizes.length == MOST_AXES ? sizes[0] : 1;
  }

  /** All strengths: float32 {@code [L]}, {@code [H, W]} or {@code [D, H, W]}. */
  public Tensor strengths() {
    return Tensor.of(strengths, Arrays.stream(sizes).asLongStream().toArray());
  }

  /** The strength at one position; the origin is the upper left corner of the first slice. */
  public float strength(int x, int y) {
    if (x < 0 || x >= width()) {
      throw new IndexOutOfBoundsException("Column %d of %d".formatted(x, width()));
    }
    return strengths[y * width() + x];
  }

  /** One slice of a volume, as a map of a picture; a picture or a signal has only slice 0. */
  public HeatMap slice(int index) {
    if (index < 0 || index >= depth()) {
      throw new IndexOutOfBoundsException("Slice %d of %d".formatted(index, depth()));
    }
    int positions = width() * height();
    int first = index * positions;
    return new HeatMap(
        new int[] {height(), width()}, Arrays.copyOfRange(strengths, first, first + positions));
  }

  /** This map of a picture at another size, by bilinear interpolation. */
  public HeatMap resized(int newWidth, int newHeight) {
    return resized(List.of(newHeight, newWidth));
  }

  /** This map of a picture at another size, by bicubic interpolation, within the range it had. */
  public HeatMap resizedSmoothly(int newWidth, int newHeight) {
    return resizedSmoothly(List.of(newHeight, newWidth));
  }

  /**
   * This map at another size, by linear interpolation along each axis. Edges stay on edges
   * (Pillow's convention), so that a coarse map lies over a picture where its cells saw it.
   *
   * @param spatial new sizes of the axes, in the order of {@link #spatial}
   * @throws PhospheneException where there are more or fewer axes, or too many positions
   */
  public HeatMap resized(List<Integer> spatial) {
    return resampled(Resampling.TRIANGLE, spatial);
  }

  /** This map at another size, by cubic interpolation along each axis, within the range it had. */
  public HeatMap resizedSmoothly(List<Integer> spatial) {
    return resampled(Resampling.CUBIC, spatial);
  }

  private HeatMap resampled(Resampling filter, List<Integer> spatial) {
    int[] newSizes = spatial.stream().mapToInt(Integer::intValue).toArray();
    if (Arrays.equals(newSizes, sizes)) {
      return this;
    }
    checkResizable(newSizes);
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float strength : strengths) {
      least = Math.min(least, strength);
      most = Math.max(most, strength);
    }
    float[] resized = filter.array(strengths, sizes, newSizes);
    for (int i = 0; i < resized.length; i++) { // cubic interpolation overshoots
      resized[i] = Math.max(least, Math.min(most, resized[i]));
    }
    return new HeatMap(newSizes, resized);
  }

  private void checkResizable(int[] newSizes) {
    double positions = strengths.length;
    double largest = 0;
    for (int axis = newSizes.length - 1; axis >= 0 && newSizes.length == sizes.length; axis--) {
      positions *= Math.max(0, newSizes[axis]) / (double) sizes[axis]; // the last axis goes first
      largest = Math.max(largest, positions);
    }
    if (positions < 1 || largest > 2.0 * Image.MAXIMUM_PIXELS || newSizes.length != sizes.length) {
      throw new PhospheneException(
          "A heat map of %s cannot be resized to %s; choose as many axes and at most %d positions"
              .formatted(this, product(newSizes), Image.MAXIMUM_PIXELS));
    }
  }

  /**
   * This map of a picture or a signal as a picture; {@link Depiction#ofMap} shows any map.
   *
   * @throws PhospheneException where it has more positions than {@link Image#MAXIMUM_PIXELS}
   */
  public Image coloured(ColourMap colours) {
    if (strengths.length > Image.MAXIMUM_PIXELS) {
      throw new PhospheneException(
          "A picture has at most %d pixels, found a heat map of %s: resize it first"
              .formatted(Image.MAXIMUM_PIXELS, this));
    }
    if (depth() > 1) {
      throw new IllegalArgumentException("A picture shows one slice, found a heat map of " + this);
    }
    byte[] rgb = new byte[strengths.length * Image.CHANNELS];
    for (int i = 0; i < strengths.length; i++) {
      int colour = colours.colour(strengths[i]);
      for (int c = 0; c < Image.CHANNELS; c++) {
        rgb[i * Image.CHANNELS + c] = (byte) (colour >> (16 - 8 * c));
      }
    }
    return Image.over(width(), height(), rgb);
  }

  private static String product(int[] sizes) {
    return Arrays.stream(sizes).mapToObj(String::valueOf).collect(Collectors.joining(" x "));
  }

  /** {@code 224 x 224}: the sizes of the axes. */
  @Override
  public String toString() {
    return product(sizes);
  }
}
