package dev.phosphene.image;

/** Pictures computed by a formula, for tests. */
final class Pictures {
  private Pictures() {}

  /** The picture from which the stored references of Pillow were made. */
  static Image patterned(int width, int height) {
    byte[] rgb = new byte[width * height * 3];
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        rgb[at++] = (byte) (x * 7 + y * 13);
        rgb[at++] = (byte) (x * x * 3 + y * 5);
        rgb[at++] = (byte) (x * y * 11 + 17);
      }
    }
    return Image.of(width, height, rgb);
  }

  /** A smooth picture: red grows to the right, green downwards, blue along the diagonal. */
  static Image gradient(int width, int height) {
    byte[] rgb = new byte[width * height * 3];
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        rgb[at++] = (byte) (255 * x / Math.max(1, width - 1));
        rgb[at++] = (byte) (255 * y / Math.max(1, height - 1));
        rgb[at++] = (byte) (127 * x / Math.max(1, width - 1) + 127 * y / Math.max(1, height - 1));
      }
    }
    return Image.of(width, height, rgb);
  }

  /** Every pixel of one colour, {@code 0xRRGGBB}. */
  static Image plain(int width, int height, int colour) {
    byte[] rgb = new byte[width * height * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (colour >> (16 - 8 * (i % 3)));
    }
    return Image.of(width, height, rgb);
  }

  static double meanDifference(Image first, Image second) {
    byte[] a = first.toBytes();
    byte[] b = second.toBytes();
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xFF) - (b[i] & 0xFF));
    }
    return sum / a.length;
  }
}
