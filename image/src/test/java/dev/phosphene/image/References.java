package dev.phosphene.image;

import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The arrays that {@code benchmark/peers/pictures.py} stored. */
final class References {
  private static final Map<String, Tensor> ARRAYS = read();

  private References() {}

  private static Map<String, Tensor> read() {
    try (InputStream stream = References.class.getResourceAsStream("references.txt")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", 3))
          .collect(Collectors.toMap(part -> part[0], part -> array(part[1], part[2])));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Tensor array(String sizes, String numbers) {
    return Tensor.of(
        Arrays.stream(numbers.split(" ", -1)).mapToDouble(Double::parseDouble).toArray(),
        Arrays.stream(sizes.split("x", -1)).mapToLong(Long::parseLong).toArray());
  }

  /** One array, float64. */
  static Tensor get(String name) {
    Tensor array = ARRAYS.get(name);
    if (array == null) {
      throw new IllegalArgumentException("No reference is called " + name);
    }
    return array;
  }

  static Set<String> names() {
    return ARRAYS.keySet();
  }

  /** A picture {@code [H, W, 3]} or, gray, {@code [H, W]} of bytes. */
  static Image image(Tensor bytes) {
    double[] values = bytes.toDoubles();
    int channels = bytes.rank() == 3 ? 3 : 1;
    byte[] rgb = new byte[values.length / channels * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) values[channels == 3 ? i : i / 3];
    }
    return Image.of((int) bytes.sizes()[1], (int) bytes.sizes()[0], rgb);
  }
}
