package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.Verification;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.Simplification;
import dev.phosphene.graph.rewrite.Specialization;
import dev.phosphene.model.onnx.OnnxReader;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Specialized and simplified graphs compute what the original ones do. */
class SimplificationTest {
  private final Random random = new Random(7);

  /**
   * Networks from PyTorch, by both of its exporters, around their outputs and around any values.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "activations.dynamo", "activations.torchscript", "branches.dynamo",
        "branches.torchscript", "excitation.dynamo", "excitation.torchscript",
        "normalizations.dynamo", "normalizations.torchscript", "resampling.dynamo",
        "resampling.torchscript", "residual.dynamo", "residual.torchscript"
      })
  void exportedNetworks(String name) throws URISyntaxException {
    Path file = Path.of(getClass().getResource("peers/" + name + ".onnx").toURI());
    Graph original = OnnxReader.read(file).graph();
    Verification.verify(original, StandardOperators.table());
    Map<String, Shape> shapes = new HashMap<>();
    for (Value input : original.inputs()) {
      long[] sizes = input.shape().sizes();
      shapes.put(
          input.name(), Shape.of(Arrays.stream(sizes).map(size -> size < 0 ? 2 : size).toArray()));
    }
    List<String> asked = someValues(original);
    Graph special = Specialization.of(original, shapes, StandardOperators.table());
    Verification.verify(special, StandardOperators.table());
    assertSame(original, special, asked);
    Graph simple = Simplification.around(special, asked, StandardOperators.table());
    Verification.verify(simple, StandardOperators.table());
    assertSame(original, simple, asked);
    assertSame(
        original, Simplification.around(special, List.of(), StandardOperators.table()), List.of());
  }

  /** A third of the floating values that the specialized graph still computes. */
  private List<String> someValues(Graph graph) {
    List<String> names = new ArrayList<>();
    for (Node node : graph.reaching(graph.outputs()).nodes()) {
      if (graph.value(node.output(0)).type() == ElementType.FLOAT32) {
        names.add(node.output(0));
      }
    }
    Collections.shuffle(names, random);
    return names.subList(0, names.size() / 3);
  }

  private void assertSame(Graph before, Graph after, List<String> asked) {
    List<String> outputs = new ArrayList<>(before.outputs());
    asked.stream().filter(after::defines).filter(n -> !outputs.contains(n)).forEach(outputs::add);
    assertThat(outputs.size()).isGreaterThan(asked.size() / 2);
    Map<String, Tensor> inputs = new HashMap<>();
    for (Value input : after.inputs()) {
      inputs.put(input.name(), random(input.shape().sizes()));
    }
    Map<String, Tensor> expected = run(before, outputs, inputs);
    Map<String, Tensor> found = run(after, outputs, inputs);
    for (String output : outputs) {
      assertThat(found.get(output).shape()).as(output).isEqualTo(expected.get(output).shape());
      assertThat(relativeError(found.get(output), expected.get(output)))
          .as("%s\n%s", output, after)
          .isLessThan(2e-5);
    }
  }

  private static Map<String, Tensor> run(
      Graph graph, List<String> outputs, Map<String, Tensor> inputs) {
    Graph asked =
        new Graph(graph.inputs(), outputs, graph.nodes(), graph.constants(), graph.values());
    try (Session session = Session.compile(asked, SessionSettings.SMALL)) {
      return session.run(inputs);
    }
  }

  /** Euclidean distance relative to the length of what was expected. */
  private static double relativeError(Tensor found, Tensor expected) {
    double distance = 0;
    double length = 0;
    for (int i = 0; i < expected.elements(); i++) {
      double difference = found.getDouble(i) - expected.getDouble(i);
      distance += difference * difference;
      length += expected.getDouble(i) * expected.getDouble(i);
    }
    return Math.sqrt(distance) / Math.max(Math.sqrt(length), 1e-6);
  }

  private Tensor random(long... sizes) {
    return RandomTensor.normal(random, 1, sizes);
  }

  private Tensor positive(long size) {
    float[] elements = random(size).toFloats();
    for (int i = 0; i < elements.length; i++) {
      elements[i] = Math.abs(elements[i]) + 0.1f;
    }
    return Tensor.of(elements, size);
  }

  /** Every host of a BatchNormalization, followed by the same as plain arithmetic. */
  @Test
  void normalizationAfterEveryHost() {
    assertFolded("Conv", Attributes.none(), new long[] {2, 4, 7, 7}, new long[] {6, 4, 3, 3}, 6);
    assertFolded(
        "Conv", Attributes.of("group", 2), new long[] {2, 4, 7, 7}, new long[] {6, 2, 3, 3}, 6);
    assertFolded("Conv", Attributes.none(), new long[] {2, 4, 9}, new long[] {6, 4, 3}, 6);
    assertFolded(
        "ConvTranspose",
        Attributes.of("strides", new int[] {2, 2}),
        new long[] {2, 4, 5, 5},
        new long[] {4, 6, 3, 3},
        6);
    assertFolded("Gemm", Attributes.none(), new long[] {3, 4}, new long[] {4, 6}, 6);
    assertFolded(
        "Gemm",
        Attributes.of("transB", 1, "alpha", 0.5, "beta", 2.0),
        new long[] {3, 4},
        new long[] {6, 4},
        6);
    assertFolded("MatMul", Attributes.none(), new long[] {3, 4}, new long[] {4, 6}, 6);
  }

  private void assertFolded(
      String operator, Attributes attributes, long[] input, long[] weight, long channels) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(input));
    List<Value> arguments = new ArrayList<>(List.of(x, builder.constant("w", random(weight))));
    if (!operator.equals("MatMul")) {
      arguments.add(builder.constant("b", random(channels)));
    }
    Value host = builder.apply(OperatorType.of(operator), 1, attributes, arguments).get(0);
    Value normalized =
        builder.apply(
            "BatchNormalization",
            Attributes.of("epsilon", 0.01),
            host,
            builder.constant("scale", random(channels)),
            builder.constant("shift", random(channels)),
            builder.constant("mean", random(channels)),
            builder.constant("variance", positive(channels)));
    long[] perChannel = new long[input.length];
    Arrays.fill(perChannel, 1);
    perChannel[1] = channels;
    Value scaled =
        builder.divide(normalized, builder.constant("d", positive(channels).reshaped(perChannel)));
    Value shifted =
        builder.subtract(builder.constant("s", random(channels).reshaped(perChannel)), scaled);
    Graph before = builder.build(List.of(shifted.name()));
    Graph after = Simplification.around(before, List.of(), StandardOperators.table());
    assertThat(after.nodes().stream().filter(node -> !node.is("Mul")))
        .as(after.toString())
        .hasSize(1);
    assertSame(before, after, List.of());
  }

  /** A channels-last network as exporters write it: a Transpose around every convolution. */
  @Test
  void channelsLast() {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(2, 8, 8, 3));
    Value previous = convolution(builder, x, 3, 5);
    Value other = convolution(builder, previous, 5, 5);
    Value sum = builder.add(previous, other);
    Value padded = builder.padZeros(sum, 0, 1, 0, 0, 0, 0, 1, 0);
    Value joined = builder.concatenate(3, List.of(padded, padded));
    Value mean =
        builder.apply("ReduceMean", Attributes.of("keepdims", 0), joined, builder.integers(1, 2));
    Graph before = builder.build(List.of(mean.name()));
    Graph after = Simplification.around(before, List.of(), StandardOperators.table());
    assertThat(after.nodes().stream().filter(node -> node.is("Transpose"))).hasSize(1);
    assertThat(after.nodes().stream().filter(node -> node.is("Sub"))).isEmpty();
    assertSame(before, after, List.of());
    assertSame(
        before,
        Simplification.around(before, List.of(sum.name()), StandardOperators.table()),
        List.of(sum.name()));
  }

  private Value convolution(GraphBuilder builder, Value x, long from, long to) {
    Value first = builder.transpose(builder.cast(x, ElementType.FLOAT32), 0, 3, 1, 2);
    Attributes same = Attributes.of("pads", new int[] {1, 1, 1, 1});
    String weight = builder.freshName("w");
    Value y = builder.apply("Conv", same, first, builder.constant(weight, random(to, from, 3, 3)));
    Value last = builder.transpose(y, 0, 2, 3, 1);
    Value mean = builder.constant(builder.freshName("mean"), random(1, 1, 1, to));
    Value scale = builder.constant(builder.freshName("scale"), random(to));
    Value normalized = builder.multiply(builder.subtract(last, mean), scale);
    return builder.apply("Clip", normalized, builder.scalar(ElementType.FLOAT32, 0));
  }
}
