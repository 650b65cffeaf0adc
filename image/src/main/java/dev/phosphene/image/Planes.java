package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;

/**
 * The planes of a picture or a volume, each as a picture for a sheet.
 *
 * @param values {@code [channels, depth, height, width]} in [0, 1]
 */
record Planes(int channels, int depth, int height, int width, float[] values) {
  /**
   * Longer sides are shrunk to this: then the pictures of any sheet together stay far below what a
   * picture may hold. Usual volumes are not larger.
   */
  private static final int MOST_SIDE = 512;

  /**
   * Looks at a picture or a volume.
   *
   * @param tensor {@code [C, H, W]} or {@code [C, D, H, W]} with elements
   * @throws PhospheneException where a plane has more pixels than a picture
   */
  static Planes of(Tensor tensor) {
    long[] sizes = tensor.sizes();
    int rank = sizes.length;
    if (sizes[rank - 2] * sizes[rank - 1] > Image.MAXIMUM_PIXELS) {
      throw new PhospheneException(
          "A picture has at most %d pixels, found planes of %d x %d: choose a smaller size"
              .formatted(Image.MAXIMUM_PIXELS, sizes[rank - 1], sizes[rank - 2]));
    }
    return new Planes(
        (int) sizes[0],
        rank == 4 ? (int) sizes[1] : 1,
        (int) sizes[rank - 2],
        (int) sizes[rank - 1],
        tensor.toFloats());
  }

  private int start(int channel, int slice) {
    return (channel * depth + slice) * height * width;
  }

  /** One channel of one slice in gray. */
  Image gray(int channel, int slice) {
    int start = start(channel, slice);
    return picture(start, start, start);
  }

  /** One slice in colour for three channels, otherwise the mean of all channels in gray. */
  Image slice(int slice) {
    if (channels == Image.CHANNELS) {
      return picture(start(0, slice), start(1, slice), start(2, slice));
    }
    if (channels == 1) {
      return gray(0, slice);
    }
    int pixels = height * width;
    float[] mean = new float[pixels];
    for (int c = 0; c < channels; c++) {
      int start = start(c, slice);
      for (int p = 0; p < pixels; p++) {
        mean[p] += values[start + p] / channels;
      }
    }
    return new Planes(1, 1, height, width, mean).gray(0, 0);
  }

  private Image picture(int red, int green, int blue) {
    byte[] rgb = new byte[height * width * Image.CHANNELS];
    for (int p = 0, at = 0; p < height * width; p++) {
      rgb[at++] = Image.toByte(values[red + p]);
      rgb[at++] = Image.toByte(values[green + p]);
      rgb[at++] = Image.toByte(values[blue + p]);
    }
    return limited(Image.over(width, height, rgb));
  }

  /** The picture, shrunk where it is too large for a sheet. */
  static Image limited(Image picture) {
    double scale = (double) MOST_SIDE / Math.max(picture.width(), picture.height());
    return scale >= 1
        ? picture
        : picture.resized(
            Math.max(1, (int) Math.round(picture.width() * scale)),
            Math.max(1, (int) Math.round(picture.height() * scale)));
  }
}
