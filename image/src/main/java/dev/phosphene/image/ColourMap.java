package dev.phosphene.image;

/**
 * From a strength to a colour.
 *
 * <p>A map is a row of colours at equal distances with linear interpolation between them. One more
 * map is one more constant.
 */
public enum ColourMap {
  /** Black to white. */
  GRAY(false, 0x000000, 0xFFFFFF),
  /**
   * Blue, cyan, yellow, red: what keras-vis shows heat maps with. Its brightness is not monotonic.
   */
  JET(
      false, 0x000080, 0x0000FF, 0x0080FF, 0x00FFFF, 0x80FF80, 0xFFFF00, 0xFF8000, 0xFF0000,
      0x800000),
  /** Dark violet to yellow, perceptually uniform, safe for the colour-blind. */
  VIRIDIS(
      false, 0x440154, 0x482878, 0x3E4A89, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6DCD59,
      0xB4DE2C, 0xFDE725),
  /** The rainbow of {@link #JET} without its false edges. */
  TURBO(
      false, 0x30123B, 0x4662D7, 0x36AAF9, 0x1AE4B6, 0x72FE5E, 0xC7EF34, 0xFABA39, 0xF66B19,
      0xCB2A04, 0x7A0403),
  /** For signed strengths: blue below zero, white at zero, red above. */
  DIVERGING(
      true, 0x053061, 0x2166AC, 0x4393C3, 0x92C5DE, 0xD1E5F0, 0xF7F7F7, 0xFDDBC7, 0xF4A582,
      0xD6604D, 0xB2182B, 0x67001F);

  private final boolean signed;

  @SuppressWarnings("ImmutableEnumChecker") // never handed out, never written
  private final int[] anchors;

  ColourMap(boolean signed, int... anchors) {
    this.signed = signed;
    this.anchors = anchors;
  }

  /** Whether strengths run from -1 to 1 instead of from 0 to 1. */
  public boolean isSigned() {
    return signed;
  }

  /**
   * The colour {@code 0xRRGGBB} of a strength.
   *
   * @param strength in [0, 1], or [-1, 1] for a signed map; clipped; NaN is shown as 0
   */
  public int colour(double strength) {
    double finite = Double.isNaN(strength) ? 0 : strength;
    double position = Math.max(0, Math.min(1, signed ? (finite + 1) / 2 : finite));
    double place = position * (anchors.length - 1);
    int below = Math.min((int) place, anchors.length - 2);
    return Canvas.mixed(anchors[below], anchors[below + 1], place - below);
  }
}
