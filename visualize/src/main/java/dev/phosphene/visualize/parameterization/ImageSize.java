package dev.phosphene.visualize.parameterization;

import com.fasterxml.jackson.annotation.JsonIgnore;
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
  public ImageSize {
    spatial = List.copyOf(spatial);
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
