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

  /** The IHDR chunk of 8-bit RGB without interlacing. */
  static PngChunk header(Image image) {
    ByteBuffer data = ByteBuffer.allocate(13);
    data.putInt(image.width()).putInt(image.height());
    data.put((byte) Byte.SIZE).put((byte) 2); // colour type 2: RGB
    return new PngChunk("IHDR", data.array());
  }

  /** The IDAT chunk. */
  static PngChunk data(Image image) {
    int stride = image.width() * Image.CHANNELS;
    byte[] pixels = image.bytes();
    Deflater deflater = new Deflater();
    try {
      deflater.setStrategy(Deflater.FILTERED);
      ByteArrayOutputStream compressed = new ByteArrayOutputStream();
      byte[] part = new byte[1 << 16];
      byte[] candidate = new byte[stride + 1];
      for (int y = 0; y < image.height(); y++) {
        byte[] best = new byte[stride + 1];
        long leastSum = Long.MAX_VALUE;
        for (int filter = 0; filter < FILTERS; filter++) {
          long sum = filter(filter, pixels, y, stride, candidate);
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
  private static long filter(int filter, byte[] pixels, int row, int stride, byte[] result) {
    result[0] = (byte) filter;
    long sum = 0;
    for (int i = 0; i < stride; i++) {
      int at = row * stride + i;
      boolean hasLeft = i >= Image.CHANNELS;
      int left = hasLeft ? pixels[at - Image.CHANNELS] & 0xFF : 0;
      int above = row > 0 ? pixels[at - stride] & 0xFF : 0;
      int corner = hasLeft && row > 0 ? pixels[at - stride - Image.CHANNELS] & 0xFF : 0;
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
