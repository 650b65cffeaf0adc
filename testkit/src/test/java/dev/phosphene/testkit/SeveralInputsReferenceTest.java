package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.model.Model;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Gradient;
import dev.phosphene.visualize.LayerActivation;
import dev.phosphene.visualize.Target;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Networks with several inputs and of text, as both of PyTorch's exporters write them, against what
 * PyTorch's autograd computes; {@code benchmark/peers/inputs.py} made the references.
 */
class SeveralInputsReferenceTest {
  /** Relative L2 error; float32 arithmetic alone makes 3e-7 of it. */
  private static final double TOLERANCE = 1e-5;

  @TestFactory
  List<DynamicTest> agreesWithAutograd() throws IOException, URISyntaxException {
    Path file = StoredNetwork.file("inputs", "inputs.json");
    JsonNode root = new ObjectMapper().readTree(Files.readString(file));
    List<DynamicTest> tests = new ArrayList<>();
    for (String name : (Iterable<String>) root.get("networks")::fieldNames) {
      for (String exporter : List.of("torchscript", "dynamo")) {
        JsonNode network = root.get("networks").get(name);
        Path folder = file.getParent();
        tests.add(
            DynamicTest.dynamicTest(
                "%s from %s: output".formatted(name, exporter),
                () -> checkOutput(folder, name, exporter, network)));
        for (JsonNode variable : network.get("variables")) {
          tests.add(
              DynamicTest.dynamicTest(
                  "%s from %s: gradient at %s".formatted(name, exporter, variable.asText()),
                  () ->
                      checkGradient(
                          folder, name, exporter, network, variable.asText(), root.get("unit"))));
        }
      }
    }
    return tests;
  }

  private static void checkOutput(Path folder, String name, String exporter, JsonNode network)
      throws IOException {
    Model model = Model.open(folder.resolve(name + "." + exporter + ".onnx"));
    String main = model.mainInput();
    model = holding(model, folder, name, network, main);
    Tensor output =
        LayerActivation.of(
            model, Target.of(model, "output", true), stored(folder, name, main), SMALL);
    assertThat(StoredNetwork.relativeError(output, stored(folder, name, "output")))
        .isLessThan(TOLERANCE);
  }

  private static void checkGradient(
      Path folder, String name, String exporter, JsonNode network, String variable, JsonNode unit)
      throws IOException {
    Model model = Model.open(folder.resolve(name + "." + exporter + ".onnx"));
    String main = model.graph().isInput(variable) ? variable : model.mainInput();
    model = holding(model, folder, name, network, main).withMainInput(main);
    Tensor gradient =
        Gradient.of(model)
            .layer("output")
            .filters(unit.asInt())
            .at(stored(folder, name, main))
            .gradient();
    assertThat(StoredNetwork.relativeError(gradient, stored(folder, name, variable + ".gradient")))
        .isLessThan(TOLERANCE);
  }

  private static final SessionSettings SMALL = SessionSettings.SMALL;

  private static Model holding(Model model, Path folder, String name, JsonNode network, String main)
      throws IOException {
    Model holding = model;
    for (JsonNode input : network.get("inputs")) {
      if (!input.asText().equals(main)) {
        holding = holding.withInput(input.asText(), stored(folder, name, input.asText()));
      }
    }
    return holding;
  }

  private static Tensor stored(Path folder, String name, String what) throws IOException {
    return NumpyFile.read(folder.resolve(name + "." + what + ".npy"));
  }
}
