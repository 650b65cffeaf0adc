package dev.phosphene.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * At most 256 colours that stand for all colours of a picture.
 *
 * <p>They are found by median cut in its variance-minimizing form (after Wan, Wong and
 * Prusinkiewicz, 1988): starting with one box of all colours, the box with the largest squared
 * error is cut at its mean across its longest axis of variance, until there are enough boxes; a
 * box's mean is its colour.
 */
final class Palette {
  static final int MAXIMUM_COLOURS = 256;

  /** Bits a channel by which colours are gathered before they are cut. */
  private static final int GATHERED_BITS = 5;

  /** Bits a channel for which the nearest colour is remembered. */
  private static final int REMEMBERED_BITS = 6;

  private final int[] colours;
  private final short[] nearest = new short[1 << (3 * REMEMBERED_BITS)];

  private Palette(int[] colours) {
    this.colours = colours;
    Arrays.fill(nearest, (short) -1);
  }

  /** The colours as {@code 0xRRGGBB}. */
  int[] colours() {
    return colours.clone();
  }

  /** Colours that lie close together: how often they occur, and their mean. */
  private record Cluster(long count, double[] mean) {}

  /** Clusters that share one colour. */
  private static final class Box {
    final List<Cluster> clusters;
    final double[] mean = new double[Image.CHANNELS];
    final double[] error = new double[Image.CHANNELS];

    Box(List<Cluster> clusters) {
      this.clusters = clusters;
      long count = 0;
      for (Cluster cluster : clusters) {
        count += cluster.count();
        for (int c = 0; c < Image.CHANNELS; c++) {
          mean[c] += cluster.count() * cluster.mean()[c];
        }
      }
      for (int c = 0; c < Image.CHANNELS; c++) {
        mean[c] /= count;
        for (Cluster cluster : clusters) {
          double distance = cluster.mean()[c] - mean[c];
          error[c] += cluster.count() * distance * distance;
        }
      }
    }

    double totalError() {
      return clusters.size() < 2 ? 0 : error[0] + error[1] + error[2];
    }

    int longestAxis() {
      int axis = error[1] >= error[0] ? 1 : 0;
      return error[2] > error[axis] ? 2 : axis;
    }
  }

  /** The palette of one picture. */
  static Palette of(Image image) {
    List<Box> boxes = new ArrayList<>();
    boxes.add(new Box(clusters(image.bytes())));
    while (boxes.size() < MAXIMUM_COLOURS) {
      Box worst = boxes.get(0);
      for (Box box : boxes) {
        worst = box.totalError() > worst.totalError() ? box : worst;
      }
      if (worst.totalError() <= 0) {
        break;
      }
      int axis = worst.longestAxis();
      List<Cluster> below = new ArrayList<>();
      List<Cluster> above = new ArrayList<>();
      for (Cluster cluster : worst.clusters) {
        (cluster.mean()[axis] <= worst.mean[axis] ? below : above).add(cluster);
      }
      if (below.isEmpty() || above.isEmpty()) { // differences below what numbers can tell
        break;
      }
      boxes.set(boxes.indexOf(worst), new Box(below));
      boxes.add(new Box(above));
    }
    int[] colours = new int[boxes.size()];
    for (int i = 0; i < colours.length; i++) {
      for (double mean : boxes.get(i).mean) {
        colours[i] = colours[i] << 8 | (int) Math.round(mean);
      }
    }
    return new Palette(colours);
  }

  private static List<Cluster> clusters(byte[] rgb) {
    int cells = 1 << (3 * GATHERED_BITS);
    int[] counts = new int[cells];
    long[] sums = new long[cells * Image.CHANNELS];
    for (int at = 0; at < rgb.length; at += Image.CHANNELS) {
      int cell = cell(rgb[at] & 0xFF, rgb[at + 1] & 0xFF, rgb[at + 2] & 0xFF, GATHERED_BITS);
      counts[cell]++;
      for (int c = 0; c < Image.CHANNELS; c++) {
        sums[cell * Image.CHANNELS + c] += rgb[at + c] & 0xFF;
      }
    }
    List<Cluster> clusters = new ArrayList<>();
    for (int cell = 0; cell < cells; cell++) {
      if (counts[cell] > 0) {
        double[] mean = new double[Image.CHANNELS];
        for (int c = 0; c < Image.CHANNELS; c++) {
          mean[c] = (double) sums[cell * Image.CHANNELS + c] / counts[cell];
        }
        clusters.add(new Cluster(counts[cell], mean));
      }
    }
    return clusters;
  }

  private static int cell(int red, int green, int blue, int bits) {
    int shift = 8 - bits;
    return ((red >> shift) << (2 * bits)) | ((green >> shift) << bits) | (blue >> shift);
  }

  private int nearest(int red, int green, int blue) {
    int cell = cell(red, green, blue, REMEMBERED_BITS);
    if (nearest[cell] < 0) {
      int best = Integer.MAX_VALUE;
      for (int i = 0; i < colours.length; i++) {
        int dr = red - (colours[i] >> 16);
        int dg = green - (colours[i] >> 8 & 0xFF);
        int db = blue - (colours[i] & 0xFF);
        int distance = dr * dr + dg * dg + db * db;
        if (distance < best) {
          best = distance;
          nearest[cell] = (short) i;
        }
      }
    }
    return nearest[cell];
  }

  /**
   * The index of a colour for each pixel, rows from the top. What a pixel's colour lacks is passed
   * on to its neighbours (Floyd and Steinberg, 1976), in rows of alternating direction.
   */
  byte[] indices(Image image) {
    int width = image.width();
    byte[] indices = new byte[width * image.height()];
    int[] carried = new int[(width + 2) * Image.CHANNELS]; // sixteenths, with a pixel's margin
    int[] wanted = new int[Image.CHANNELS];
    for (int y = 0; y < image.height(); y++) {
      int[] below = new int[carried.length];
      int step = y % 2 == 0 ? 1 : -1;
      for (int i = 0, x = step > 0 ? 0 : width - 1; i < width; i++, x += step) {
        int pixel = image.pixel(x, y);
        int at = (x + 1) * Image.CHANNELS;
        for (int c = 0; c < Image.CHANNELS; c++) {
          int level = (pixel >> (16 - 8 * c) & 0xFF) + ((carried[at + c] + 8) >> 4);
          wanted[c] = Math.max(0, Math.min(255, level));
        }
        int index = nearest(wanted[0], wanted[1], wanted[2]);
        indices[y * width + x] = (byte) index;
        for (int c = 0; c < Image.CHANNELS; c++) {
          int lack = wanted[c] - (colours[index] >> (16 - 8 * c) & 0xFF);
          carried[at + step * Image.CHANNELS + c] += 7 * lack;
          below[at - step * Image.CHANNELS + c] += 3 * lack;
          below[at + c] += 5 * lack;
          below[at + step * Image.CHANNELS + c] += lack;
        }
      }
      carried = below;
    }
    return indices;
  }
}
