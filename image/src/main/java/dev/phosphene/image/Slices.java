package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A volume as a sheet of its slices along the depth, each labelled with its index; of many slices
 * {@value #MOST}, evenly chosen, the first and the last among them.
 *
 * <p>Small slices are enlarged by whole pixels, very large ones shrunk.
 */
public final class Slices {
  /** A sheet has at most so many slices: a screen full. */
  public static final int MOST = 36;

  /** Volumes of other than one or three channels show at most so many, one a row. */
  private static final int MOST_ROWS = 6;

  private static final int MOST_IN_ROW = 12;

  private Slices() {}

  /**
   * The slices of a volume.
   *
   * @param volume {@code [C, D, H, W]} of values in [0, 1]: in colour for C = 3, gray for C = 1;
   *     otherwise each channel has a row of gray slices (of at most six channels, evenly chosen)
   * @throws PhospheneException where the shape is another
   */
  public static ContactSheet sheet(Tensor volume) {
    Planes planes = planes(volume);
    int channels = planes.channels();
    if (channels != 1 && channels != Image.CHANNELS) {
      return channelRows(planes);
    }
    int[] chosen = chosen(planes.depth(), MOST);
    List<Image> pictures = new ArrayList<>();
    for (int index : chosen) {
      pictures.add(planes.slice(index));
    }
    return sheet(pictures, chosen, planes.depth());
  }

  private static Planes planes(Tensor volume) {
    if (volume.rank() != 4 || volume.elements() < 1) {
      throw new PhospheneException("A volume has the shape [C, D, H, W], found " + volume.shape());
    }
    return Planes.of(volume);
  }

  private static ContactSheet channelRows(Planes planes) {
    int[] channels = chosen(planes.channels(), MOST_ROWS);
    int[] slices = chosen(planes.depth(), Math.min(MOST_IN_ROW, MOST / channels.length));
    List<Image> pictures = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int channel : channels) {
      for (int slice : slices) {
        pictures.add(planes.gray(channel, slice));
        labels.add(channel + " / " + slice);
      }
    }
    String title =
        "channel (%s) / slice (%s)"
            .formatted(
                counted(channels.length, planes.channels()),
                counted(slices.length, planes.depth()));
    return new ContactSheet(
        pictures, labels, title, slices.length, ContactSheet.Enlargement.PIXELS);
  }

  private static String counted(int shown, int all) {
    return shown == all ? String.valueOf(all) : "%d of %d".formatted(shown, all);
  }

  /**
   * The slices of a heat map.
   *
   * @param map {@code [D, H, W]}
   * @throws PhospheneException where the map has fewer axes
   */
  public static ContactSheet sheet(HeatMap map, ColourMap colours) {
    checkVolume(map);
    int[] chosen = chosen(map.depth(), MOST);
    List<Image> pictures = new ArrayList<>();
    for (int index : chosen) {
      pictures.add(Planes.limited(map.slice(index).coloured(colours)));
    }
    return sheet(pictures, chosen, map.depth());
  }

  private static void checkVolume(HeatMap map) {
    if (map.spatial().size() != 3) {
      throw new PhospheneException(
          "The heat map of a volume has the shape [D, H, W], found " + map);
    }
  }

  /**
   * The slices of a volume with a heat map laid over each.
   *
   * @param volume {@code [C, D, H, W]} of values in [0, 1]; channels other than three are shown as
   *     their mean, in gray
   * @param map {@code [D, H, W]} of any size
   * @throws PhospheneException where a shape is another
   */
  public static ContactSheet sheet(Tensor volume, HeatMap map, Overlay overlay) {
    Planes planes = planes(volume);
    checkVolume(map);
    HeatMap deep = map.resizedSmoothly(List.of(planes.depth(), map.height(), map.width()));
    int[] chosen = chosen(planes.depth(), MOST);
    List<Image> pictures = new ArrayList<>();
    for (int index : chosen) {
      pictures.add(overlay.over(planes.slice(index), deep.slice(index)));
    }
    return sheet(pictures, chosen, planes.depth());
  }

  private static ContactSheet sheet(List<Image> pictures, int[] chosen, int depth) {
    List<String> labels = Arrays.stream(chosen).mapToObj(String::valueOf).toList();
    String title = chosen.length < depth ? "%d of %d slices".formatted(chosen.length, depth) : "";
    return new ContactSheet(pictures, labels, title, 0, ContactSheet.Enlargement.PIXELS);
  }

  /** All indices, or so many at equal distances from the first to the last. */
  static int[] chosen(int count, int most) {
    int[] chosen = new int[Math.min(count, most)];
    for (int i = 0; i < chosen.length; i++) {
      long steps = Math.max(1, chosen.length - 1);
      chosen[i] = (int) (((long) i * (count - 1) + steps / 2) / steps);
    }
    return chosen;
  }
}
