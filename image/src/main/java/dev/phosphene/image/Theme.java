package dev.phosphene.image;

import java.util.List;

/** Colours and letters that sheets and plots share, so that they look as of one hand. */
final class Theme {
  /** Neutral dark gray: colours beside it look as they are. */
  static final int BACKGROUND = 0x1C1C1E;

  static final int LABEL_COLOUR = 0xC9C9CE;
  static final int TITLE_COLOUR = 0xF2F2F4;

  /** The area of a plot, a little lighter than what is around it. */
  static final int PLOT_BACKGROUND = 0x242427;

  static final int GRID_COLOUR = 0x3A3A3F;

  static final int LABEL_CAPITAL = 10;
  static final int TITLE_CAPITAL = 15;

  /** Hues far apart and of like lightness on dark gray; the first stay apart for colour-blind. */
  private static final List<Integer> CURVES =
      List.of(0x5AB4F5, 0xF5A742, 0x6FD08C, 0xF2668B, 0xF4E36A, 0xB794F6, 0x52D6CE, 0xD0D0D4);

  private Theme() {}

  /** The colour of one curve of so many, {@code 0xRRGGBB}. */
  static int curve(int index, int count) {
    if (count <= CURVES.size()) {
      return CURVES.get(index);
    }
    // The ends of the map are too dark for the background.
    double place = 0.12 + 0.8 * index / (count - 1);
    return Canvas.mixed(ColourMap.TURBO.colour(place), 0xFFFFFF, 0.15);
  }
}
