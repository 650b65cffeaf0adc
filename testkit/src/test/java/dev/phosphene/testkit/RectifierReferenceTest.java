package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Graph;
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
 * Plain, guided and rectified gradients through two convolutions with each rectifying activation,
 * against what PyTorch computes with the papers' formulas; {@code benchmark/peers/modifiers.py}
 * made the references.
 */
class RectifierReferenceTest {
  private static final double TOLERANCE = 1e-5;

  /** In the order in which their gradients are stored. */
  private static final List<BackpropModifier.Named> STORED =
      List.of(
          BackpropModifier.Named.NONE,
          BackpropModifier.Named.GUIDED,
          BackpropModifier.Named.RECTIFIED);

  @TestFactory
  List<DynamicTest> agreesWithThePapers() throws IOException, URISyntaxException {
    JsonNode stored =
        new ObjectMapper().readTree(Files.readString(StoredNetwork.file("rectifiers.json")));
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<String, JsonNode> each : stored.get("rectifiers").properties()) {
      for (BackpropModifier.Named modifier : STORED) {
        tests.add(
            DynamicTest.dynamicTest(
                each.getKey() + ", " + modifier,
                () ->
                    check(
                        each.getKey(),
                        each.getValue().asText(),
                        modifier,
                        stored.get("unit").asInt())));
      }
    }
    return tests;
  }

  private static void check(
      String name, String reference, BackpropModifier.Named modifier, int filter)
      throws IOException, URISyntaxException {
    Graph graph = Model.open(StoredNetwork.file("rectifier." + name + ".onnx")).graph();
    Tensor found =
        StoredNetwork.gradient(
            graph,
            modifier.modify(StandardRules.rules()),
            filter,
            StoredNetwork.stored("rectifiers.input.npy"));
    Tensor gradients = StoredNetwork.stored("rectifier." + reference + ".npy");
    double error =
        StoredNetwork.relativeError(found, StoredNetwork.part(gradients, STORED.indexOf(modifier)));
    System.out.printf("%s, %s: relative L2 error %.1e%n", name, modifier, error);
    assertThat(error).isLessThan(TOLERANCE);
    for (BackpropModifier.Named other : STORED) {
      if (other != modifier) {
        // The three are far apart, so that one taken for another would be seen.
        Tensor another = StoredNetwork.part(gradients, STORED.indexOf(other));
        assertThat(StoredNetwork.relativeError(found, another)).isGreaterThan(0.05);
      }
    }
  }
}
