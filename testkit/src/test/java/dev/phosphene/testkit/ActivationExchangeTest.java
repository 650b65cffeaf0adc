package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Verification;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.Activation;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Outputs and gradients of a network whose activations were exchanged, against what PyTorch's
 * autograd computes; {@code benchmark/peers/modifiers.py} made the references.
 */
class ActivationExchangeTest {
  /** The error that float32 arithmetic in another order is allowed. */
  private static final double TOLERANCE = 1e-4;

  @TestFactory
  List<DynamicTest> agreesWithAutograd() throws IOException, URISyntaxException {
    JsonNode stored =
        new ObjectMapper().readTree(Files.readString(StoredNetwork.file("exchange.json")));
    JsonNode cases = stored.get("cases");
    int unit = stored.get("unit").asInt();
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      JsonNode exchanges = cases.get(i);
      int index = i;
      tests.add(DynamicTest.dynamicTest(exchanges.toString(), () -> check(exchanges, index, unit)));
    }
    assertThat(tests).hasSizeGreaterThan(Activation.values().length);
    return tests;
  }

  private static void check(JsonNode exchanges, int index, int unit)
      throws IOException, URISyntaxException {
    Model model = Model.open(StoredNetwork.file("exchange.onnx"));
    for (Map.Entry<String, JsonNode> each : exchanges.properties()) {
      model = model.withActivation(each.getKey(), Activation.named(each.getValue().asText()));
    }
    Graph graph = model.graph();
    Verification.verify(graph, StandardOperators.table());
    Tensor input = StoredNetwork.stored("exchange.input.npy");
    double outputError =
        StoredNetwork.relativeError(
            StoredNetwork.output(graph, input),
            StoredNetwork.part(StoredNetwork.stored("exchange.outputs.npy"), index));
    double gradientError =
        StoredNetwork.relativeError(
            StoredNetwork.gradient(graph, StandardRules.rules(), unit, input),
            StoredNetwork.part(StoredNetwork.stored("exchange.gradients.npy"), index));
    System.out.printf(
        "%s: relative L2 error of output %.1e, of gradient %.1e%n",
        model.activations(), outputError, gradientError);
    assertThat(outputError).isLessThan(TOLERANCE);
    assertThat(gradientError).isLessThan(TOLERANCE);
  }
}
