package dev.phosphene.visualize;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A group of stored results that {@code benchmark/peers/visualizations.py} made with PyTorch. */
public final class References {
  private final String group;
  private final JsonNode cases;
  private final float[] elements;

  private References(String group, JsonNode cases, float[] elements) {
    this.group = group;
    this.cases = cases;
    this.elements = elements;
  }

  /** The group of this name. */
  public static References of(String group) {
    try {
      JsonNode cases = new ObjectMapper().readTree(file(group + ".json").toFile());
      return new References(group, cases, NumpyFile.read(file(group + ".npy")).toFloats());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A stored network. */
  public static Model network(String name) {
    return Model.open(file(name + ".onnx"));
  }

  private static Path file(String name) {
    try {
      return Path.of(References.class.getResource("references/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Names of all cases. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    cases.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** What is said of a case. */
  public JsonNode facts(String name) {
    assertThat(cases.has(name)).as("%s has a case %s", group, name).isTrue();
    return cases.get(name);
  }

  /** Whether a case has such an array. */
  boolean has(String name, String array) {
    return facts(name).get("arrays").has(array);
  }

  /** An array of a case. */
  public Tensor array(String name, String array) {
    JsonNode place = facts(name).get("arrays").get(array);
    long[] sizes = new long[place.get("shape").size()];
    Arrays.setAll(sizes, i -> place.get("shape").get(i).asLong());
    int first = place.get("at").asInt();
    int count = (int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    return Tensor.of(Arrays.copyOfRange(elements, first, first + count), sizes);
  }

  /** Compares an array with a stored one: shape, and relative L2 error, which is printed. */
  public void assertClose(Tensor found, String name, String array, double tolerance) {
    Tensor expected = array(name, array);
    assertThat(found.shape()).as("%s, %s", name, array).isEqualTo(expected.shape());
    double error = relativeError(found.toDoubles(), expected.toDoubles());
    System.out.printf("%s, %s: %s differs by %.1e%n", group, name, array, error);
    assertThat(error).as("%s, %s", name, array).isLessThan(tolerance);
  }

  /** Compares a number with a stored one: relative error, which is printed. */
  void assertClose(double found, String name, String fact, double tolerance) {
    double expected = facts(name).get(fact).asDouble();
    double error = relativeError(new double[] {found}, new double[] {expected});
    System.out.printf("%s, %s: %s differs by %.1e%n", group, name, fact, error);
    assertThat(error).as("%s, %s", name, fact).isLessThan(tolerance);
  }

  /** Length of the difference, as a share of the length of what is expected. */
  static double relativeError(double[] found, double[] expected) {
    double error = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      error += (found[i] - expected[i]) * (found[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(error / norm);
  }
}
