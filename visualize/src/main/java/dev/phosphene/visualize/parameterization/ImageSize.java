package dev.phosphene.visualize.parameterization;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Shape;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How large one image is.
 *
 * @param channels 3 for colour
 * @param spatial sizes of the axes after the channels: height and width for pictures
 */
public record ImageSize(int channels, List<Integer> spatial) {
  /** More numbers than an image of use has: 64 megapixels in colour, and some. */
  private static final long MOST_ELEMENTS = 1L << 28;

  /**
   * Checks the size.
   *
   * @throws PhospheneException where a length is below 1 or the image is too large
   */
  public ImageSize {
    spatial = List.copyOf(spatial);
    double elements = channels;
    for (int length : spatial) {
      elements *= Math.max(length, 0);
    }
    if (!(channels > 0 && elements > 0 && elements <= MOST_ELEMENTS)) {
      throw new PhospheneException(
          "An image of %d channels and size %s cannot be made; choose a size from 1x1 to 8192x8192"
              .formatted(channels, spatial));
    }
  }

  /** Channels first, without pictures: {@code [C, H, W]}. */
  public long[] sizes() {
    return Stream.concat(Stream.of(channels), spatial.stream()).mapToLong(size -> size).toArray();
  }

  public int elements() {
    return Math.toIntExact(Shape.elements(sizes()));
  }

  @JsonIgnore
  public boolean isPicture() {
    return spatial.size() == 2;
  }

  public int height() {
    return spatial.get(0);
  }

  public int width() {
    return spatial.get(1);
  }

  /** {@code 3x224x224}. */
  @Override
  public String toString() {
    return Stream.concat(Stream.of(channels), spatial.stream())
        .map(String::valueOf)
        .collect(Collectors.joining("x"));
  }
}
