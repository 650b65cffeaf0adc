package dev.phosphene.image;

/** A picture being composed: filled areas, pictures and text, drawn one over the other. */
final class Canvas {
  private final int width;
  private final int height;
  private final byte[] rgb;

  /** A canvas filled with one colour, {@code 0xRRGGBB}. */
  Canvas(int width, int height, int background) {
    this.width = width;
    this.height = height;
    this.rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), Image.CHANNELS)];
    fill(0, 0, width, height, background);
  }

  /** A canvas that begins as a copy of a picture. */
  Canvas(Image image) {
    this.width = image.width();
    this.height = image.height();
    this.rgb = image.toBytes();
  }

  /** A colour between two, {@code 0xRRGGBB}: the first at share 0, the second at share 1. */
  static int mixed(int first, int second, double share) {
    int mixed = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int from = first >> shift & 0xFF;
      int to = second >> shift & 0xFF;
      mixed |= (int) Math.round(from + (to - from) * share) << shift;
    }
    return mixed;
  }

  private void set(int x, int y, int colour) {
    int at = (y * width + x) * Image.CHANNELS;
    rgb[at] = (byte) (colour >> 16);
    rgb[at + 1] = (byte) (colour >> 8);
    rgb[at + 2] = (byte) colour;
  }

  void fill(int left, int top, int fillWidth, int fillHeight, int colour) {
    for (int y = top; y < top + fillHeight; y++) {
      for (int x = left; x < left + fillWidth; x++) {
        set(x, y, colour);
      }
    }
  }

  void draw(Image image, int left, int top) {
    byte[] source = image.bytes();
    int stride = image.width() * Image.CHANNELS;
    for (int y = 0; y < image.height(); y++) {
      int to = ((top + y) * width + left) * Image.CHANNELS;
      System.arraycopy(source, y * stride, rgb, to, stride);
    }
  }

  /** Draws strokes of one colour; what is outside is left out. */
  void blend(Coverage coverage, int left, int top, int colour) {
    int firstRow = Math.max(0, -top);
    int firstColumn = Math.max(0, -left);
    int endRow = Math.min(coverage.rows(), height - top);
    int endColumn = Math.min(coverage.columns(), width - left);
    for (int row = firstRow; row < endRow; row++) {
      for (int column = firstColumn; column < endColumn; column++) {
        blend(left + column, top + row, colour, coverage.at(column, row));
      }
    }
  }

  /** Mixes a colour into a pixel within the canvas, share in [0, 1]. */
  void blend(int x, int y, int colour, double share) {
    if (share > 0) {
      int at = (y * width + x) * Image.CHANNELS;
      int below = (rgb[at] & 0xFF) << 16 | (rgb[at + 1] & 0xFF) << 8 | (rgb[at + 2] & 0xFF);
      set(x, y, mixed(below, colour, share));
    }
  }

  /** The finished picture, which takes the canvas's pixels: nothing may be drawn any more. */
  Image toImage() {
    return Image.over(width, height, rgb);
  }
}
