package dev.phosphene.testkit;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.GradientRules;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Runs a small network on a stored input, and compares with what PyTorch made of it. */
final class StoredNetwork {
  private StoredNetwork() {}

  /** The file of this name beside the test classes' {@code modifiers} references. */
  static Path file(String name) throws URISyntaxException {
    return file("modifiers", name);
  }

  static Path file(String folder, String name) throws URISyntaxException {
    return Path.of(StoredNetwork.class.getResource(folder + "/" + name).toURI());
  }

  static Tensor stored(String name) throws IOException, URISyntaxException {
    return NumpyFile.read(file(name));
  }

  /** One of several tensors that are stored one after the other along the first axis. */
  static Tensor part(Tensor stacked, int index) {
    double[] all = stacked.toDoubles();
    long[] sizes = Arrays.copyOfRange(stacked.sizes(), 1, stacked.rank());
    int length = (int) LongStream.of(sizes).reduce(1, (a, b) -> a * b);
    double[] elements = Arrays.copyOfRange(all, index * length, (index + 1) * length);
    return Tensor.converted(ElementType.FLOAT32, elements, sizes);
  }

  /** What a graph gives at its first output. */
  static Tensor output(Graph graph, Tensor input) {
    String output = graph.outputs().get(0);
    try (Session session = Session.compile(graph.reaching(List.of(output)), SMALL)) {
      return session.run(Map.of(graph.inputs().get(0).name(), input)).get(output);
    }
  }

  private static final SessionSettings SMALL = SessionSettings.SMALL;

  /** The gradient at the first input of the mean of one filter of the first output, on axis 1. */
  static Tensor gradient(Graph graph, GradientRules rules, int filter, Tensor input) {
    GraphBuilder builder = GraphBuilder.from(graph, StandardOperators.table());
    Value output = builder.value(graph.outputs().get(0));
    Value slice = builder.slice(output, 1, filter, filter + 1);
    Value mean = builder.reduceMean(slice, false, builder.axesFrom(slice, 0));
    Value image = builder.value(graph.inputs().get(0).name());
    Value gradient =
        builder.apply(
            "Identity", Differentiation.gradients(builder, mean, List.of(image), rules).get(0));
    List<String> wanted = List.of(gradient.name());
    try (Session session = Session.compile(builder.build(wanted).reaching(wanted), SMALL)) {
      return session
          .run(session.inputs().isEmpty() ? Map.of() : Map.of(image.name(), input))
          .get(gradient.name());
    }
  }

  /** |found - expected| / |expected|, both seen as vectors. */
  static double relativeError(Tensor found, Tensor expected) {
    double[] a = found.toDoubles();
    double[] b = expected.toDoubles();
    if (!found.shape().equals(expected.shape())) {
      throw new AssertionError("Expected shape " + expected.shape() + ", found " + found.shape());
    }
    double error = 0;
    double norm = 0;
    for (int i = 0; i < b.length; i++) {
      error += (a[i] - b[i]) * (a[i] - b[i]);
      norm += b[i] * b[i];
    }
    return Math.sqrt(error / norm);
  }
}
