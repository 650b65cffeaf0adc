package dev.phosphene.image;

/**
 * A heat map laid over a picture.
 *
 * <p>The map is enlarged to the picture by bicubic interpolation. Its opacity at a position is
 * {@code opacity * |strength|^exponent}: with exponent 0 the same everywhere, above it the picture
 * shows where the map is weak.
 *
 * @param colours how strengths become colours
 * @param opacity of the strongest positions, in [0, 1]
 * @param exponent how fast opacity grows with strength, 0 or more
 */
public record Overlay(ColourMap colours, double opacity, double exponent) {
  /** The picture stays visible wherever the map is weak; strong places keep their texture. */
  public static final Overlay BY_STRENGTH = new Overlay(ColourMap.TURBO, 0.75, 0.8);

  /** As keras-vis shows it: jet at half opacity over the whole picture. */
  public static final Overlay KERAS_VIS = new Overlay(ColourMap.JET, 0.5, 0);

  public Overlay {
    if (!(opacity >= 0 && opacity <= 1) || !(exponent >= 0)) {
      throw new IllegalArgumentException(
          "An overlay has an opacity in [0, 1] and an exponent of at least 0, found %s and %s"
              .formatted(opacity, exponent));
    }
  }

  /**
   * Two pictures mixed evenly, keras-vis' {@code overlay}: {@code alpha * over + (1 - alpha) *
   * under}, rounded to the nearest byte (keras-vis cuts off).
   *
   * @param alpha opacity of the first, in [0, 1]
   * @throws IllegalArgumentException where the sizes differ or alpha is out of range
   */
  public static Image mixed(Image over, Image under, double alpha) {
    if (!(alpha >= 0 && alpha <= 1)
        || over.width() != under.width()
        || over.height() != under.height()) {
      throw new IllegalArgumentException(
          "Pictures of one size are mixed with alpha in [0, 1], found %s, %s and alpha %s"
              .formatted(over, under, alpha));
    }
    byte[] upper = over.bytes();
    byte[] lower = under.bytes();
    byte[] rgb = new byte[upper.length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) Math.round(alpha * (upper[i] & 0xFF) + (1 - alpha) * (lower[i] & 0xFF));
    }
    return Image.over(over.width(), over.height(), rgb);
  }

  /**
   * The picture with the map over it, at the picture's size.
   *
   * @param map of a picture, of any size
   */
  public Image over(Image picture, HeatMap map) {
    HeatMap fitted = map.resizedSmoothly(picture.width(), picture.height());
    byte[] rgb = new byte[picture.width() * picture.height() * Image.CHANNELS];
    int at = 0;
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        double strength = fitted.strength(x, y);
        double share = opacity * StrictMath.pow(Math.min(1, Math.abs(strength)), exponent);
        int mixed = Canvas.mixed(picture.pixel(x, y), colours.colour(strength), share);
        rgb[at++] = (byte) (mixed >> 16);
        rgb[at++] = (byte) (mixed >> 8);
        rgb[at++] = (byte) mixed;
      }
    }
    return Image.over(picture.width(), picture.height(), rgb);
  }
}
