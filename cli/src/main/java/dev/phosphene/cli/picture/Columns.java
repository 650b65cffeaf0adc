package dev.phosphene.cli.picture;

import java.util.List;

/** Rows of text in columns of equal width. */
final class Columns {
  private Columns() {}

  /**
   * A line for each row.
   *
   * @param rightAligned whether each column is a column of numbers
   */
  static List<String> lines(List<List<String>> rows, List<Boolean> rightAligned) {
    int[] widths = new int[rightAligned.size()];
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    return rows.stream().map(row -> line(row, widths, rightAligned)).toList();
  }

  private static String line(List<String> row, int[] widths, List<Boolean> rightAligned) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = row.get(column);
      String padding = " ".repeat(widths[column] - cell.length());
      line.append(column == 0 ? "" : "  ")
          .append(rightAligned.get(column) ? padding + cell : cell + padding);
    }
    return line.toString().stripTrailing();
  }
}
