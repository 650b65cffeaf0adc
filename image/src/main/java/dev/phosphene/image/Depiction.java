package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One picture of an input of any kind, of a heat map, or of both: chosen by the number of axes.
 *
 * <table>
 *   <caption>What is shown how</caption>
 *   <tr><th>input</th><th>picture</th></tr>
 *   <tr><td>{@code [C]}, {@code [C, L]}</td><td>{@link CurvePlot} of the values as they are; a
 *   vector is one curve</td></tr>
 *   <tr><td>{@code [1, H, W]}, {@code [3, H, W]}</td><td>itself, pixel by pixel</td></tr>
 *   <tr><td>{@code [C, H, W]}</td><td>sheet of its channels in gray, at most
 *   {@value #MOST_CHANNELS}</td></tr>
 *   <tr><td>{@code [C, D, H, W]}</td><td>{@link Slices}</td></tr>
 * </table>
 *
 * <p>Pictures and volumes have values in [0, 1]; those outside are clipped, NaN becomes 0.
 */
public final class Depiction {
  /** A picture of other than one or three channels shows so many at most, evenly chosen. */
  public static final int MOST_CHANNELS = 16;

  /** Heat maps alone are enlarged by a whole factor to at least this side, if smaller. */
  private static final int LEAST_SIDE = 224;

  private Depiction() {}

  /**
   * A picture of an input.
   *
   * @param input {@code [C, spatial...]} with at most three spatial axes; {@link Layout#single}
   *     makes it of a model's input
   * @throws PhospheneException where the shape is another or too large to show
   */
  public static Image ofInput(Tensor input) {
    check(input);
    return switch (input.rank()) {
      case 1, 2 -> CurvePlot.of(signal(input)).render();
      case 3 -> isPicture(input) ? picture(input) : channels(input).render();
      default -> Slices.sheet(input).render();
    };
  }

  private static void check(Tensor input) {
    if (input.rank() < 1 || input.rank() > 4 || input.elements() < 1) {
      throw new PhospheneException(
          "An input that can be shown has the shape [C, L], [C, H, W] or [C, D, H, W], found "
              + input.shape());
    }
  }

  private static Tensor signal(Tensor input) {
    return input.rank() == 1 ? input.reshaped(1, input.elements()) : input;
  }

  private static boolean isPicture(Tensor input) {
    long channels = input.sizes()[0];
    return channels == 1 || channels == Image.CHANNELS;
  }

  private static Image picture(Tensor input) {
    return Image.fromTensor(input, Layout.CHANNELS_FIRST).get(0);
  }

  /**
   * The channels of a picture in gray, each labelled with its index.
   *
   * @param input {@code [C, H, W]}
   */
  private static ContactSheet channels(Tensor input) {
    Planes planes = Planes.of(input);
    int[] chosen = Slices.chosen(planes.channels(), MOST_CHANNELS);
    List<Image> pictures = new ArrayList<>();
    for (int channel : chosen) {
      pictures.add(planes.gray(channel, 0));
    }
    String title =
        chosen.length < planes.channels()
            ? "%d of %d channels".formatted(chosen.length, planes.channels())
            : "";
    List<String> labels = Arrays.stream(chosen).mapToObj(String::valueOf).toList();
    return new ContactSheet(pictures, labels, title, 0, ContactSheet.Enlargement.PIXELS);
  }

  /**
   * A picture of a heat map alone: a curve over its colours, a picture enlarged by whole pixels, or
   * a sheet of slices. Resize the map first where it should look smooth.
   *
   * @throws PhospheneException where it is too large to show
   */
  public static Image ofMap(HeatMap map, ColourMap colours) {
    return switch (map.spatial().size()) {
      case 1 ->
          CurvePlot.of(map.strengths().reshaped(1, map.width()))
              .withRange(colours.isSigned() ? -1 : 0, 1)
              .withStrengths(map, colours)
              .render();
      case 2 -> {
        Image picture = map.coloured(colours);
        int longest = Math.max(map.width(), map.height());
        yield picture.enlarged((LEAST_SIDE + longest - 1) / longest);
      }
      default -> Slices.sheet(map, colours).render();
    };
  }

  /**
   * A heat map laid over its input: colours behind curves, over a picture, or over each slice.
   * Pictures and volumes of other than one or three channels are shown as the mean of their
   * channels, at most 512 pixels a side.
   *
   * @param input {@code [C, spatial...]}
   * @param map of as many spatial axes; it is enlarged to the input's size by cubic interpolation
   * @throws PhospheneException where the shapes do not fit
   */
  public static Image ofMapOver(Tensor input, HeatMap map, Overlay overlay) {
    check(input);
    int axes = Math.max(1, input.rank() - 1);
    if (map.spatial().size() != axes) {
      throw new PhospheneException(
          "A heat map over an input of shape %s has %d axes, found one of %s"
              .formatted(input.shape(), axes, map));
    }
    if (axes == 1) {
      Tensor signal = signal(input);
      HeatMap fitted = map.resizedSmoothly(List.of((int) signal.sizes()[1]));
      return CurvePlot.of(signal).withStrengths(fitted, overlay.colours()).render();
    }
    if (axes == 2) {
      return overlay.over(isPicture(input) ? picture(input) : Planes.of(input).slice(0), map);
    }
    return Slices.sheet(input, map, overlay).render();
  }
}
