package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable picture of 8-bit RGB pixels; a gray picture has three equal channels.
 *
 * <p>Pixels are bytes because files and screens are; numbers that are not yet a picture stay in
 * tensors (see {@link Normalization} and {@link HeatMap}).
 */
public final class Image {
  /**
   * Most pixels of a picture, 64 mebipixels (8192 x 8192): four times a large photograph, and still
   * far from what exhausts a small heap.
   */
  public static final int MAXIMUM_PIXELS = 1 << 26;

  static final int CHANNELS = 3;

  /** Weights of red, green and blue in luma, in thousandths: ITU-R BT.601. */
  private static final int[] LUMA = {299, 587, 114};

  private final int width;
  private final int height;
  private final byte[] rgb;

  private Image(int width, int height, byte[] rgb) {
    this.width = width;
    this.height = height;
    this.rgb = rgb;
  }

  /**
   * A picture with a copy of these bytes.
   *
   * @param rgb red, green and blue of each pixel, rows from the top: {@code [height, width, 3]}
   * @throws IllegalArgumentException where the number of bytes does not fit width and height
   */
  public static Image of(int width, int height, byte[] rgb) {
    return over(width, height, rgb.clone());
  }

  /** A picture over bytes that nobody else will change. */
  static Image over(int width, int height, byte[] rgb) {
    if (width < 1 || height < 1 || (long) width * height > MAXIMUM_PIXELS) {
      throw new IllegalArgumentException(
          "A picture has 1 to %d pixels, found %d x %d".formatted(MAXIMUM_PIXELS, width, height));
    }
    if (rgb.length != width * height * CHANNELS) {
      throw new IllegalArgumentException(
          "A picture of %d x %d pixels has %d bytes, found %d"
              .formatted(width, height, width * height * CHANNELS, rgb.length));
    }
    return new Image(width, height, rgb);
  }

  /**
   * Reads a PNG, JPEG, GIF (its first frame) or BMP file. Transparent parts become white; embedded
   * colour profiles and orientations are not applied.
   *
   * @throws PhospheneException where the file is missing, damaged, too large or of another format
   */
  public static Image read(Path file) {
    return ImageFile.read(file);
  }

  /**
   * The pictures in a tensor of values in [0, 1]; values outside are clipped, NaN becomes 0.
   *
   * @param pictures {@code [N, H, W, C]}, {@code [H, W, C]} or channels first, with C = 1 or 3
   * @throws PhospheneException where the shape is another
   */
  public static List<Image> fromTensor(Tensor pictures, Layout layout) {
    long[] sizes = pictures.sizes();
    boolean batched = sizes.length == 4;
    int first = batched ? 1 : 0;
    if (sizes.length - first != 3) {
      throw unfit(pictures, layout);
    }
    boolean channelsFirst = layout == Layout.CHANNELS_FIRST;
    long channels = sizes[channelsFirst ? first : first + 2];
    long height = sizes[channelsFirst ? first + 1 : first];
    long width = sizes[channelsFirst ? first + 2 : first + 1];
    if ((channels != 1 && channels != CHANNELS)
        || height < 1
        || width < 1
        || height > MAXIMUM_PIXELS / width) {
      throw unfit(pictures, layout);
    }
    int pixels = Math.toIntExact(height * width);
    int pixelStep = channelsFirst ? 1 : (int) channels;
    int channelStep = channels == 1 ? 0 : channelsFirst ? pixels : 1;
    float[] values = pictures.toFloats();
    List<Image> images = new ArrayList<>();
    for (int start = 0; start < values.length; start += pixels * (int) channels) {
      byte[] rgb = new byte[pixels * CHANNELS];
      for (int p = 0; p < pixels; p++) {
        for (int c = 0; c < CHANNELS; c++) {
          rgb[p * CHANNELS + c] = toByte(values[start + p * pixelStep + c * channelStep]);
        }
      }
      images.add(new Image((int) width, (int) height, rgb));
    }
    return List.copyOf(images);
  }

  private static PhospheneException unfit(Tensor tensor, Layout layout) {
    return new PhospheneException(
        "A tensor of pictures has the shape %s with 1 or 3 channels, found %s"
            .formatted(
                layout == Layout.CHANNELS_FIRST
                    ? "[N, C, H, W] or [C, H, W]"
                    : "[N, H, W, C] or [H, W, C]",
                tensor.shape()));
  }

  static byte toByte(double value) {
    return (byte) Math.round(255 * Math.max(0, Math.min(1, Double.isNaN(value) ? 0 : value)));
  }

  /**
   * This picture as a batch of one: float32 values in [0, 1], {@code [1, H, W, 3]} or channels
   * first.
   */
  public Tensor toTensor(Layout layout) {
    float[] values = new float[rgb.length];
    int pixels = width * height;
    for (int i = 0; i < rgb.length; i++) {
      int at = layout == Layout.CHANNELS_LAST ? i : i % CHANNELS * pixels + i / CHANNELS;
      values[at] = (rgb[i] & 0xFF) / 255f;
    }
    return layout == Layout.CHANNELS_LAST
        ? Tensor.of(values, 1, height, width, CHANNELS)
        : Tensor.of(values, 1, CHANNELS, height, width);
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /** One pixel as {@code 0xRRGGBB}; the origin is the upper left corner. */
  public int pixel(int x, int y) {
    if (x < 0 || y < 0 || x >= width || y >= height) {
      throw new IndexOutOfBoundsException("(%d, %d) outside %s".formatted(x, y, this));
    }
    int at = (y * width + x) * CHANNELS;
    return (rgb[at] & 0xFF) << 16 | (rgb[at + 1] & 0xFF) << 8 | (rgb[at + 2] & 0xFF);
  }

  /** A copy of all pixels: {@code [height, width, 3]}. */
  public byte[] toBytes() {
    return rgb.clone();
  }

  /** The pixels themselves, for readers of this package. */
  byte[] bytes() {
    return rgb;
  }

  /**
   * This picture at another size, by bilinear interpolation with antialiasing when it shrinks; the
   * same bytes as Pillow's {@code resize((width, height), BILINEAR)}.
   */
  public Image resized(int newWidth, int newHeight) {
    return resampled(Resampling.TRIANGLE, newWidth, newHeight);
  }

  /** This picture at another size, by bicubic interpolation: smoother than {@link #resized}. */
  public Image resizedSmoothly(int newWidth, int newHeight) {
    return resampled(Resampling.CUBIC, newWidth, newHeight);
  }

  private Image resampled(Resampling filter, int newWidth, int newHeight) {
    if (newWidth == width && newHeight == height) {
      return this;
    }
    if (newWidth < 1
        || newHeight < 1
        || (long) newWidth * newHeight > MAXIMUM_PIXELS
        || (long) newWidth * height > 2L * MAXIMUM_PIXELS) { // rows are resampled first
      throw new PhospheneException(
          "A picture has 1 to %d pixels, asked for %d x %d: choose a smaller size"
              .formatted(MAXIMUM_PIXELS, newWidth, newHeight));
    }
    return over(
        newWidth, newHeight, filter.bytes(rgb, width, height, CHANNELS, newWidth, newHeight));
  }

  /** Every pixel as a square of {@code factor} by {@code factor} pixels. */
  public Image enlarged(int factor) {
    byte[] large = new byte[Math.multiplyExact(rgb.length, Math.multiplyExact(factor, factor))];
    int stride = width * factor * CHANNELS;
    for (int y = 0; y < height * factor; y++) {
      for (int x = 0; x < width * factor; x++) {
        int from = (y / factor * width + x / factor) * CHANNELS;
        System.arraycopy(rgb, from, large, y * stride + x * CHANNELS, CHANNELS);
      }
    }
    return over(width * factor, height * factor, large);
  }

  /** The part whose upper left corner is at (left, top). */
  public Image cropped(int left, int top, int newWidth, int newHeight) {
    if (left < 0
        || top < 0
        || newWidth < 1
        || newHeight < 1
        || newWidth > width - left
        || newHeight > height - top) {
      throw new IllegalArgumentException(
          "%d x %d at (%d, %d) is not within %s".formatted(newWidth, newHeight, left, top, this));
    }
    byte[] part = new byte[newWidth * newHeight * CHANNELS];
    for (int y = 0; y < newHeight; y++) {
      int from = ((top + y) * width + left) * CHANNELS;
      System.arraycopy(rgb, from, part, y * newWidth * CHANNELS, newWidth * CHANNELS);
    }
    return over(newWidth, newHeight, part);
  }

  /** The largest square in the middle, as classifiers are usually evaluated. */
  public Image centreSquare() {
    int side = Math.min(width, height);
    return cropped((width - side) / 2, (height - side) / 2, side, side);
  }

  /** This picture without colour: luma of ITU-R BT.601. */
  public Image grayscale() {
    byte[] gray = new byte[rgb.length];
    for (int at = 0; at < rgb.length; at += CHANNELS) {
      int luma = luma(rgb[at] & 0xFF, rgb[at + 1] & 0xFF, rgb[at + 2] & 0xFF);
      Arrays.fill(gray, at, at + CHANNELS, (byte) luma);
    }
    return over(width, height, gray);
  }

  /** Brightness of a colour in [0, 255]. */
  static int luma(int red, int green, int blue) {
    return (500 + LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue) / 1000;
  }

  /** This picture with a line of small white text on it, edged so that it can be read anywhere. */
  public Image withText(String text, int left, int top) {
    return withText(text, left, top, Lettering.DEFAULT);
  }

  /**
   * This picture with a line of text on it. Text that would leave the picture on the right is
   * shortened; what of it lies outside otherwise is not drawn.
   *
   * @param left where the text begins
   * @param top the row of the tops of its capitals
   */
  public Image withText(String text, int left, int top, Lettering lettering) {
    int capital = lettering.capitalHeight();
    if (left >= width || left < -width || top >= height || top < -2 * capital) {
      return this;
    }
    StrokeFont font = StrokeFont.load();
    String line = font.shortened(text, capital, width - left);
    Canvas canvas = new Canvas(this);
    int baseline = top + capital;
    if (lettering.halo()) {
      font.draw(
          canvas, line, left, baseline, capital, lettering.haloColour(), lettering.haloWidth());
    }
    font.draw(canvas, line, left, baseline, capital, lettering.colour());
    return canvas.toImage();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Image image
        && width == image.width
        && height == image.height
        && Arrays.equals(rgb, image.rgb);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(rgb);
  }

  @Override
  public String toString() {
    return "picture of %d x %d pixels".formatted(width, height);
  }
}
