package dev.phosphene.image;

/** How far strokes of one colour cover the pixels of a rectangle: antialiased lines. */
final class Coverage {
  private final int columns;
  private final int rows;
  private final float[] values;

  /** A rectangle that nothing covers yet. */
  Coverage(int columns, int rows) {
    this.columns = columns;
    this.rows = rows;
    this.values = new float[Math.multiplyExact(columns, rows)];
  }

  int columns() {
    return columns;
  }

  int rows() {
    return rows;
  }

  /** The covered share of a pixel, in [0, 1]. */
  float at(int column, int row) {
    return values[row * columns + column];
  }

  /**
   * Adds a line with round ends; pixel centres are at halves. A pixel is covered by how far its
   * centre lies within the stroke; where strokes meet, the larger share counts.
   */
  void segment(double fromX, double fromY, double toX, double toY, double halfWidth) {
    double alongX = toX - fromX;
    double alongY = toY - fromY;
    double squared = alongX * alongX + alongY * alongY;
    double reach = halfWidth + 0.5;
    int left = Math.max(0, (int) Math.floor(Math.min(fromX, toX) - reach));
    int right = Math.min(columns, (int) Math.ceil(Math.max(fromX, toX) + reach));
    int top = Math.max(0, (int) Math.floor(Math.min(fromY, toY) - reach));
    int bottom = Math.min(rows, (int) Math.ceil(Math.max(fromY, toY) + reach));
    for (int row = top; row < bottom; row++) {
      double y = row + 0.5 - fromY;
      for (int column = left; column < right; column++) {
        double x = column + 0.5 - fromX;
        double place = squared == 0 ? 0 : (x * alongX + y * alongY) / squared;
        double nearest = Math.max(0, Math.min(1, place));
        double distanceX = x - nearest * alongX;
        double distanceY = y - nearest * alongY;
        double distance = Math.sqrt(distanceX * distanceX + distanceY * distanceY);
        float covered = (float) Math.max(0, Math.min(1, reach - distance));
        int at = row * columns + column;
        values[at] = Math.max(values[at], covered);
      }
    }
  }
}
