package dev.phosphene.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.zip.Deflater;

/**
 * Pixels as PNG image data (PNG specification, sections 9 and 10): each row filtered by the filter
 * whose result has the least sum of magnitudes, then all rows deflated.
 *
 * <p>ImageIO's encoder would do; on enlarged and smooth pictures, which contact sheets are full of,
 * its files are twice as large.
 */
final class PngPixels {
  private static final int FILTERS = 5;

  private PngPixels() {}

  private static final byte RGB = 2;
  private static final byte RGB_WITH_OPACITY = 6;

  /** The IHDR chunk of 8-bit RGB without interlacing. */
  static PngChunk header(Image image) {
    return header(image, RGB);
  }

  private static PngChunk header(Image image, byte colourType) {
    ByteBuffer data = ByteBuffer.allocate(13);
    data.putInt(image.width()).putInt(image.height());
    data.put((byte) Byte.SIZE).put(colourType);
    return new PngChunk("IHDR", data.array());
  }

  /** The IDAT chunk. */
  static PngChunk data(Image image) {
    return data(image.bytes(), image.height(), Image.CHANNELS);
  }

  /** The IHDR chunk of 8-bit RGB with opacity, without interlacing. */
  static PngChunk transparentHeader(Image image) {
    return header(image, RGB_WITH_OPACITY);
  }

  /**
   * The IDAT chunk of a picture with opacity.
   *
   * @param opacity a gray picture of the same size: black is transparent
   */
  static PngChunk transparentData(Image image, Image opacity) {
    byte[] colours = image.bytes();
    byte[] grays = opacity.bytes();
    byte[] samples = new byte[colours.length / Image.CHANNELS * (Image.CHANNELS + 1)];
    for (int pixel = 0; pixel < colours.length / Image.CHANNELS; pixel++) {
      int at = pixel * (Image.CHANNELS + 1);
      System.arraycopy(colours, pixel * Image.CHANNELS, samples, at, Image.CHANNELS);
      samples[at + Image.CHANNELS] = grays[pixel * Image.CHANNELS];
    }
    return data(samples, image.height(), Image.CHANNELS + 1);
  }

  private static PngChunk data(byte[] pixels, int height, int samplesOfPixel) {
    int stride = pixels.length / height;
    Deflater deflater = new Deflater();
    try {
      deflater.setStrategy(Deflater.FILTERED);
      ByteArrayOutputStream compressed = new ByteArrayOutputStream();
      byte[] part = new byte[1 << 16];
      byte[] candidate = new byte[stride + 1];
      for (int y = 0; y < height; y++) {
        byte[] best = new byte[stride + 1];
        long leastSum = Long.MAX_VALUE;
        for (int filter = 0; filter < FILTERS; filter++) {
          long sum = filter(filter, pixels, y, stride, samplesOfPixel, candidate);
          if (sum < leastSum) {
            leastSum = sum;
            byte[] previous = best;
            best = candidate;
            candidate = previous;
          }
        }
        deflater.setInput(best);
        while (!deflater.needsInput()) {
          compressed.write(part, 0, deflater.deflate(part));
        }
      }
      deflater.finish();
      while (!deflater.finished()) {
        compressed.write(part, 0, deflater.deflate(part));
      }
      return new PngChunk("IDAT", compressed.toByteArray());
    } finally {
      deflater.end();
    }
  }

  /** Filters one row into {@code result}, and returns the sum of magnitudes. */
  private static long filter(
      int filter, byte[] pixels, int row, int stride, int samplesOfPixel, byte[] result) {
    result[0] = (byte) filter;
    long sum = 0;
    for (int i = 0; i < stride; i++) {
      int at = row * stride + i;
      boolean hasLeft = i >= samplesOfPixel;
      int left = hasLeft ? pixels[at - samplesOfPixel] & 0xFF : 0;
      int above = row > 0 ? pixels[at - stride] & 0xFF : 0;
      int corner = hasLeft && row > 0 ? pixels[at - stride - samplesOfPixel] & 0xFF : 0;
      int predicted =
          switch (filter) {
            case 1 -> left;
            case 2 -> above;
            case 3 -> (left + above) / 2;
            case 4 -> paeth(left, above, corner);
            default -> 0;
          };
      result[i + 1] = (byte) (pixels[at] - predicted);
      sum += Math.abs(result[i + 1]);
    }
    return sum;
  }

  private static int paeth(int left, int above, int corner) {
    int estimate = left + above - corner;
    int toLeft = Math.abs(estimate - left);
    int toAbove = Math.abs(estimate - above);
    int toCorner = Math.abs(estimate - corner);
    if (toLeft <= toAbove && toLeft <= toCorner) {
      return left;
    }
    return toAbove <= toCorner ? above : corner;
  }
}
