package dev.phosphene.image;

/**
 * How text is drawn onto a picture.
 *
 * @param capitalHeight height of a capital in pixels, 4 to 1024; 10 and its multiples are the
 *     crispest
 * @param colour {@code 0xRRGGBB}
 * @param halo whether letters have an edge of the opposite brightness, so that they can be read on
 *     any background
 */
public record Lettering(int capitalHeight, int colour, boolean halo) {
  /** Small white letters with a dark edge. */
  public static final Lettering DEFAULT = new Lettering(10, 0xFFFFFF, true);

  private static final int LEAST_HEIGHT = 4;
  private static final int MOST_HEIGHT = 1024;

  /** Luma above which a colour is light. */
  private static final int LIGHT = 128;

  public Lettering {
    if (capitalHeight < LEAST_HEIGHT || capitalHeight > MOST_HEIGHT) {
      throw new IllegalArgumentException(
          "Capitals are %d to %d pixels high, found %d"
              .formatted(LEAST_HEIGHT, MOST_HEIGHT, capitalHeight));
    }
  }

  public Lettering withCapitalHeight(int newCapitalHeight) {
    return new Lettering(newCapitalHeight, colour, halo);
  }

  /** The same letters in another colour, {@code 0xRRGGBB}. */
  public Lettering withColour(int newColour) {
    return new Lettering(capitalHeight, newColour, halo);
  }

  public Lettering withoutHalo() {
    return new Lettering(capitalHeight, colour, false);
  }

  /** The edge is black around light letters and white around dark ones. */
  int haloColour() {
    return Image.luma(colour >> 16 & 0xFF, colour >> 8 & 0xFF, colour & 0xFF) >= LIGHT
        ? 0x000000
        : 0xFFFFFF;
  }

  /** Width of the edge in pixels. */
  double haloWidth() {
    return Math.max(1.25, capitalHeight / 10.0);
  }
}
