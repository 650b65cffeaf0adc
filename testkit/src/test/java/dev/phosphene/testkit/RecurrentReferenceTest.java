package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Attribute;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.Specialization;
import dev.phosphene.model.Model;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Outputs and gradients of recurrent layers, as PyTorch's exporters write them and with the batch
 * axis first, over few steps and many, against autograd in float64; {@code
 * benchmark/peers/recurrent.py} made the references.
 */
class RecurrentReferenceTest {
  private static final double TOLERANCE = 1e-5;

  @TestFactory
  List<DynamicTest> agreesWithAutograd() throws IOException, URISyntaxException {
    JsonNode stored =
        new ObjectMapper()
            .readTree(Files.readString(StoredNetwork.file("recurrent", "recurrent.json")));
    int unit = stored.get("unit").asInt();
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<String, JsonNode> network : stored.get("networks").properties()) {
      for (JsonNode file : network.getValue()) {
        tests.add(
            DynamicTest.dynamicTest(
                file.asText(),
                () -> check("recurrent.input", network.getKey(), file.asText(), unit)));
      }
    }
    for (JsonNode name : stored.get("long")) {
      String file = name.asText() + ".onnx";
      tests.add(
          DynamicTest.dynamicTest(
              file, () -> check("recurrent.long.input", name.asText(), file, unit)));
    }
    return tests;
  }

  private static void check(String given, String name, String file, int unit)
      throws IOException, URISyntaxException {
    Tensor input = stored(given);
    Graph read = Model.open(StoredNetwork.file("recurrent", file)).graph();
    Graph graph =
        Specialization.of(
            read, Map.of(read.inputs().get(0).name(), input.shape()), StandardOperators.table());
    double output =
        StoredNetwork.relativeError(StoredNetwork.output(graph, input), stored(name + ".output"));
    double gradient =
        StoredNetwork.relativeError(
            StoredNetwork.gradient(graph, StandardRules.rules(), unit, input),
            stored(name + ".gradient"));
    System.out.printf(
        "%s: relative L2 error of output %.1e, of gradient %.1e%n", file, output, gradient);
    assertThat(output).isLessThan(TOLERANCE);
    assertThat(gradient).isLessThan(TOLERANCE);
  }

  /**
   * {@code h' = w x + r h}, so that the last h depends on the x of step t by {@code w r^(T-1-t)}.
   */
  @Test
  void sequencesOfManySteps() {
    int steps = 200;
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(steps, 1, 1));
    Value last =
        builder
            .apply(
                OperatorType.of("RNN"),
                2,
                Attributes.of("hidden_size", 1)
                    .with("activations", new Attribute.Texts(List.of("Affine")))
                    .with("activation_alpha", new float[] {1})
                    .with("activation_beta", new float[] {0}),
                List.of(
                    x,
                    builder.constant("w", Tensor.of(new float[] {0.5f}, 1, 1, 1)),
                    builder.constant("r", Tensor.of(new float[] {0.96875f}, 1, 1, 1))))
            .get(1);
    String gradient =
        Differentiation.gradients(builder, last, List.of(x), StandardRules.rules()).get(0).name();
    Graph graph = builder.build(List.of(gradient)).reaching(List.of(gradient));
    try (Session session = Session.compile(graph, SessionSettings.SMALL)) {
      Tensor input = Tensor.of(new float[steps], steps, 1, 1);
      Map<String, Tensor> given = session.inputs().isEmpty() ? Map.of() : Map.of("x", input);
      double[] found = session.run(given).get(gradient).toDoubles();
      for (int t = 0; t < steps; t++) {
        assertThat(found[t]).isCloseTo(0.5 * Math.pow(0.96875, steps - 1 - t), within(1e-6));
      }
    }
  }

  private static Tensor stored(String name) throws IOException, URISyntaxException {
    return NumpyFile.read(StoredNetwork.file("recurrent", name + ".npy"));
  }
}
