package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import java.util.List;

/**
 * Pictures in a grid, each with a label under it, and a title over all.
 *
 * <p>Small pictures are enlarged by a whole factor; pictures of different sizes are centred in
 * cells of equal size; a sheet that would become too large is made of smaller pictures. Labels that
 * do not fit are shortened. The same sheet has the same pixels on every machine.
 *
 * @param pictures in reading order
 * @param labels one a picture, or none at all; may be empty texts
 * @param title one line over the sheet; empty for none
 * @param columns pictures in a row, 0 to choose by the number of pictures
 * @param enlargement how small pictures are enlarged
 */
public record ContactSheet(
    List<Image> pictures, List<String> labels, String title, int columns, Enlargement enlargement) {
  /** Smaller pictures are enlarged to at least this side, so that labels fit under them. */
  private static final int LEAST_SIDE = 112;

  /** Pictures are not shrunk below this side to fit onto a sheet. */
  private static final int LEAST_SHRUNK_SIDE = 16;

  /** Width to height of a sheet: as of a screen, between 3:2 and 16:9. */
  private static final double ASPECT = 1.6;

  private static final int MARGIN = 24;
  private static final int GAP = 16;

  /** Cells with labels have room for a number of some digits, however narrow their pictures. */
  private static final int LEAST_LABEL_WIDTH = 40;

  private static final int LABEL_SPACE = 8;
  private static final int TITLE_SPACE = 22;

  /** Room under a baseline for descenders. */
  private static final int DESCENT = 4;

  /** How a small picture is enlarged. */
  public enum Enlargement {
    /** Every pixel becomes a square. */
    PIXELS,
    /** Bicubic interpolation. */
    SMOOTH
  }

  public ContactSheet {
    pictures = List.copyOf(pictures);
    labels = List.copyOf(labels);
    if (pictures.isEmpty() || columns < 0) {
      throw new IllegalArgumentException("A contact sheet has a picture or more, and columns >= 0");
    }
    if (!labels.isEmpty() && labels.size() != pictures.size()) {
      throw new IllegalArgumentException(
          "A contact sheet has a label for each of its %d pictures, found %d"
              .formatted(pictures.size(), labels.size()));
    }
  }

  /** A sheet with labels, without title, of chosen columns and smooth enlargement. */
  public static ContactSheet of(List<Image> pictures, List<String> labels) {
    return new ContactSheet(pictures, labels, "", 0, Enlargement.SMOOTH);
  }

  public ContactSheet withTitle(String newTitle) {
    return new ContactSheet(pictures, labels, newTitle, columns, enlargement);
  }

  /** The same sheet with this many pictures in a row, 0 to choose. */
  public ContactSheet withColumns(int newColumns) {
    return new ContactSheet(pictures, labels, title, newColumns, enlargement);
  }

  public ContactSheet withEnlargement(Enlargement newEnlargement) {
    return new ContactSheet(pictures, labels, title, columns, newEnlargement);
  }

  /**
   * The sheet as one picture.
   *
   * @throws PhospheneException where there are more pictures than a sheet can show
   */
  public Image render() {
    int widest = pictures.stream().mapToInt(Image::width).max().orElseThrow();
    int highest = pictures.stream().mapToInt(Image::height).max().orElseThrow();
    int factor = ceilDiv(LEAST_SIDE, Math.max(widest, highest));
    double scale = Math.max(1, factor);
    Grid grid = grid(widest, highest, scale);
    while (grid.pixels() > Image.MAXIMUM_PIXELS) {
      if (scale * Math.max(widest, highest) < LEAST_SHRUNK_SIDE) {
        throw new PhospheneException(
            "%d pictures are too many for one sheet: choose fewer".formatted(pictures.size()));
      }
      scale *= 0.75;
      grid = grid(widest, highest, scale);
    }
    return drawn(grid, scale);
  }

  private Grid grid(int widest, int highest, double scale) {
    int cellWidth = Math.max(scaled(widest, scale), labels.isEmpty() ? 1 : LEAST_LABEL_WIDTH);
    int cellHeight = scaled(highest, scale);
    int labelHeight = labels.isEmpty() ? 0 : LABEL_SPACE + Theme.LABEL_CAPITAL + DESCENT;
    int chosen =
        columns > 0
            ? Math.min(columns, pictures.size())
            : chooseColumns(pictures.size(), (double) (cellHeight + labelHeight) / cellWidth);
    int top = title.isEmpty() ? MARGIN : MARGIN + Theme.TITLE_CAPITAL + TITLE_SPACE;
    return new Grid(
        chosen, ceilDiv(pictures.size(), chosen), cellWidth, cellHeight, labelHeight, top);
  }

  private record Grid(
      int columns, int rows, int cellWidth, int cellHeight, int labelHeight, int top) {
    int width() {
      return 2 * MARGIN + columns * (cellWidth + GAP) - GAP;
    }

    int height() {
      return top + rows * (cellHeight + labelHeight + GAP) - GAP + MARGIN;
    }

    long pixels() {
      return (2L * MARGIN + (long) columns * (cellWidth + GAP))
          * (top + (long) rows * (cellHeight + labelHeight + GAP) + MARGIN);
    }
  }

  private static int ceilDiv(int dividend, int divisor) {
    return (dividend + divisor - 1) / divisor;
  }

  private static int scaled(int side, double scale) {
    return Math.max(1, (int) (side * scale));
  }

  /**
   * As many columns as come near to the shape of a screen and leave few cells of the last row
   * empty.
   *
   * @param cellAspect height to width of a cell
   */
  static int chooseColumns(int count, double cellAspect) {
    if (count <= 4) {
      return count;
    }
    double ideal = Math.sqrt(count * ASPECT * cellAspect);
    int best = 1;
    double bestCost = Double.POSITIVE_INFINITY;
    for (int candidate = 1; candidate <= count; candidate++) {
      int rows = ceilDiv(count, candidate);
      double empty = (double) (rows * candidate - count) / candidate;
      double cost = Math.abs(Math.log(candidate / ideal)) + empty;
      if (cost < bestCost) {
        bestCost = cost;
        best = candidate;
      }
    }
    return best;
  }

  private Image drawn(Grid grid, double scale) {
    StrokeFont font = StrokeFont.load();
    Canvas canvas = new Canvas(grid.width(), grid.height(), Theme.BACKGROUND);
    if (!title.isEmpty()) {
      String line = font.shortened(title, Theme.TITLE_CAPITAL, grid.width() - 2 * MARGIN);
      font.draw(
          canvas,
          line,
          MARGIN,
          MARGIN + Theme.TITLE_CAPITAL,
          Theme.TITLE_CAPITAL,
          Theme.TITLE_COLOUR);
    }
    for (int i = 0; i < pictures.size(); i++) {
      int left = MARGIN + i % grid.columns() * (grid.cellWidth() + GAP);
      int row = i / grid.columns();
      int top = grid.top() + row * (grid.cellHeight() + grid.labelHeight() + GAP);
      Image picture = fitted(pictures.get(i), scale);
      int insetX = (grid.cellWidth() - picture.width()) / 2;
      int insetY = (grid.cellHeight() - picture.height()) / 2;
      canvas.draw(picture, left + insetX, top + insetY);
      if (!labels.isEmpty()) {
        String label = font.shortened(labels.get(i), Theme.LABEL_CAPITAL, grid.cellWidth());
        int baseline = top + grid.cellHeight() + LABEL_SPACE + Theme.LABEL_CAPITAL;
        font.draw(canvas, label, left, baseline, Theme.LABEL_CAPITAL, Theme.LABEL_COLOUR);
      }
    }
    return canvas.toImage();
  }

  private Image fitted(Image picture, double scale) {
    boolean whole = scale >= 1 && scale == Math.rint(scale);
    if (whole && enlargement == Enlargement.PIXELS) {
      return picture.enlarged((int) scale);
    }
    return picture.resizedSmoothly(scaled(picture.width(), scale), scaled(picture.height(), scale));
  }
}
