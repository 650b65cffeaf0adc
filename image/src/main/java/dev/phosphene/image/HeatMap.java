package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;

/**
 * One strength for every position of a picture: what an attribution method returns, ready for a
 * {@link ColourMap}. Strengths lie in [0, 1], or in [-1, 1] where they have a sign.
 */
public final class HeatMap {
  private final int width;
  private final int height;
  private final float[] strengths;

  private HeatMap(int width, int height, float[] strengths) {
    if (width < 1 || height < 1 || (long) width * height != strengths.length) {
      throw new IllegalArgumentException(
          "A heat map of %d x %d does not hold %d strengths"
              .formatted(width, height, strengths.length));
    }
    this.width = width;
    this.height = height;
    this.strengths = strengths;
  }

  /** A heat map with a copy of these strengths, {@code [height, width]}, taken as they are. */
  public static HeatMap of(int width, int height, float[] strengths) {
    return new HeatMap(width, height, strengths.clone());
  }

  /**
   * A class activation map, {@code [H, W]} or {@code [1, H, W]}: stretched from its smallest to its
   * largest value to [0, 1].
   *
   * @throws PhospheneException where the tensor has another shape
   */
  public static HeatMap ofActivation(Tensor map) {
    long[] sizes = map.sizes();
    int rank = sizes.length;
    if (rank < 2 || map.elements() < 1 || sizes[rank - 1] * sizes[rank - 2] != map.elements()) {
      throw new PhospheneException("A heat map has the shape [H, W], found " + map.shape());
    }
    return new HeatMap(
        (int) sizes[rank - 1],
        (int) sizes[rank - 2],
        Normalization.minimumToMaximum(map.toFloats()));
  }

  /**
   * The magnitudes of an attribution: the largest absolute value over channels, divided by a
   * percentile ({@link Normalization#ATTRIBUTION_PERCENTILE} is usual) and clipped to [0, 1].
   *
   * @param attribution of one picture: {@code [1, C, H, W]}, {@code [C, H, W]} or channels last
   * @throws PhospheneException where the tensor has another shape
   */
  public static HeatMap ofMagnitudes(Tensor attribution, Layout layout, double percentile) {
    return reduced(attribution, layout, percentile, false);
  }

  /**
   * The signed sum of an attribution over channels, divided by a percentile of magnitudes and
   * clipped to [-1, 1], for {@link ColourMap#DIVERGING}.
   *
   * @param attribution of one picture: {@code [1, C, H, W]}, {@code [C, H, W]} or channels last
   * @throws PhospheneException where the tensor has another shape
   */
  public static HeatMap ofSigned(Tensor attribution, Layout layout, double percentile) {
    return reduced(attribution, layout, percentile, true);
  }

  private static HeatMap reduced(
      Tensor attribution, Layout layout, double percentile, boolean signed) {
    long[] sizes = attribution.sizes();
    int first = sizes.length - 3;
    if (first < 0 || first > 1 || attribution.elements() < 1 || (first == 1 && sizes[0] != 1)) {
      throw new PhospheneException(
          "The attribution of one picture has the shape %s, found %s"
              .formatted(
                  layout == Layout.CHANNELS_FIRST ? "[1, C, H, W]" : "[1, H, W, C]",
                  attribution.shape()));
    }
    boolean channelsFirst = layout == Layout.CHANNELS_FIRST;
    int channels = (int) sizes[channelsFirst ? first : first + 2];
    int height = (int) sizes[channelsFirst ? first + 1 : first];
    int width = (int) sizes[channelsFirst ? first + 2 : first + 1];
    float[] values = attribution.toFloats();
    float[] map = new float[height * width];
    for (int p = 0; p < map.length; p++) {
      float result = 0;
      for (int c = 0; c < channels; c++) {
        float value = values[channelsFirst ? c * map.length + p : p * channels + c];
        result = signed ? result + value : Math.max(result, Math.abs(value));
      }
      map[p] = result;
    }
    return new HeatMap(width, height, Normalization.byPercentile(map, percentile));
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /** The strength at one position; the origin is the upper left corner. */
  public float strength(int x, int y) {
    if (x < 0 || x >= width) {
      throw new IndexOutOfBoundsException("Column %d of %d".formatted(x, width));
    }
    return strengths[y * width + x];
  }

  /** This map at another size, by bicubic interpolation, within the range it had. */
  public HeatMap resized(int newWidth, int newHeight) {
    if (newWidth == width && newHeight == height) {
      return this;
    }
    float least = strengths[0];
    float most = strengths[0];
    for (float strength : strengths) {
      least = Math.min(least, strength);
      most = Math.max(most, strength);
    }
    float[] resized = Resampling.CUBIC.plane(strengths, width, height, newWidth, newHeight);
    for (int i = 0; i < resized.length; i++) { // cubic interpolation overshoots
      resized[i] = Math.max(least, Math.min(most, resized[i]));
    }
    return new HeatMap(newWidth, newHeight, resized);
  }

  /** This map as a picture. */
  public Image coloured(ColourMap colours) {
    byte[] rgb = new byte[strengths.length * Image.CHANNELS];
    for (int i = 0; i < strengths.length; i++) {
      int colour = colours.colour(strengths[i]);
      for (int c = 0; c < Image.CHANNELS; c++) {
        rgb[i * Image.CHANNELS + c] = (byte) (colour >> (16 - 8 * c));
      }
    }
    return Image.over(width, height, rgb);
  }
}
