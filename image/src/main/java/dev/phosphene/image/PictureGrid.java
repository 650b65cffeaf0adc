package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import java.util.List;

/**
 * Pictures side by side as they are: keras-vis' {@code stitch_images}. Nothing is enlarged or
 * written, and there is no space around; {@link ContactSheet} is for showing.
 *
 * @param pictures in reading order, all of one size
 * @param margin black pixels between two pictures
 * @param columns pictures in a row at most
 */
public record PictureGrid(List<Image> pictures, int margin, int columns) {
  /** keras-vis' margin. */
  public static final int MARGIN = 5;

  /** keras-vis' number of columns. */
  public static final int COLUMNS = 5;

  public PictureGrid {
    pictures = List.copyOf(pictures);
    if (pictures.isEmpty() || margin < 0 || columns < 1) {
      throw new IllegalArgumentException(
          "A grid has a picture or more, a margin of at least 0 and a column or more, found"
              + " %d pictures, margin %d, %d columns".formatted(pictures.size(), margin, columns));
    }
    int width = pictures.get(0).width();
    int height = pictures.get(0).height();
    for (Image picture : pictures) {
      if (picture.width() != width || picture.height() != height) {
        throw new IllegalArgumentException(
            "The pictures of a grid have one size, found %d x %d and %d x %d: resize them first"
                .formatted(width, height, picture.width(), picture.height()));
      }
    }
  }

  /** A grid with keras-vis' margin and number of columns. */
  public static PictureGrid of(List<Image> pictures) {
    return new PictureGrid(pictures, MARGIN, COLUMNS);
  }

  public PictureGrid withMargin(int newMargin) {
    return new PictureGrid(pictures, newMargin, columns);
  }

  public PictureGrid withColumns(int newColumns) {
    return new PictureGrid(pictures, margin, newColumns);
  }

  /**
   * The grid as one picture.
   *
   * @throws PhospheneException where it would have more than {@link Image#MAXIMUM_PIXELS}
   */
  public Image render() {
    int across = Math.min(columns, pictures.size());
    int down = (pictures.size() + across - 1) / across;
    long stepX = (long) pictures.get(0).width() + margin;
    long stepY = (long) pictures.get(0).height() + margin;
    double width = (double) across * stepX - margin;
    double height = (double) down * stepY - margin;
    if (width * height > Image.MAXIMUM_PIXELS) {
      throw new PhospheneException(
          "A grid of %d pictures would have more than %d pixels: choose fewer or smaller pictures"
              .formatted(pictures.size(), Image.MAXIMUM_PIXELS));
    }
    Canvas canvas = new Canvas((int) width, (int) height, 0);
    for (int i = 0; i < pictures.size(); i++) {
      canvas.draw(pictures.get(i), (int) (i % across * stepX), (int) (i / across * stepY));
    }
    return canvas.toImage();
  }
}
