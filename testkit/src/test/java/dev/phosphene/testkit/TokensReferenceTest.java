package dev.phosphene.testkit;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Gradient;
import dev.phosphene.visualize.attribution.GradCam;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Tokens that lie over the input, special tokens and heads of attention, in transformers over
 * pictures from both of PyTorch's exporters, against autograd in float64; {@code
 * benchmark/peers/tokens.py} made the references.
 */
class TokensReferenceTest {
  private static final double TOLERANCE = 1e-5;

  @TestFactory
  List<DynamicTest> agreesWithAutograd() throws IOException, URISyntaxException {
    JsonNode stored = new ObjectMapper().readTree(Files.readString(file("tokens.json")));
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<String, JsonNode> network : stored.properties()) {
      for (JsonNode file : network.getValue().get("files")) {
        for (JsonNode asked : network.getValue().get("cases")) {
          String title =
              file.asText() + " " + asked.get("kind").asText() + " " + asked.get("layer").asText();
          String input = network.getValue().get("input").asText();
          tests.add(DynamicTest.dynamicTest(title, () -> check(file.asText(), input, asked)));
        }
      }
    }
    return tests;
  }

  private static void check(String file, String inputFile, JsonNode asked)
      throws IOException, URISyntaxException {
    Model model = Model.open(file(file));
    Tensor input = NumpyFile.read(file(inputFile));
    Tensor expected = NumpyFile.read(file(asked.get("file").asText()));
    String layer = asked.get("layer").asText();
    int index = asked.get("index").asInt();
    Tensor found =
        switch (asked.get("kind").asText()) {
          case "positions" -> Gradient.of(model).layer(layer).filters(index).at(input).gradient();
          case "special" ->
              Gradient.of(model)
                  .losses(
                      weighted(scene -> scene.layer(layer).specialTokens().filter(index).mean(), 1))
                  .at(input)
                  .gradient();
          default -> {
            GradCam cam = GradCam.of(model).filters(index);
            assertThat(cam.penultimate(input.shape()).name()).isEqualTo(layer);
            yield cam.at(input).raw();
          }
        };
    double error = StoredNetwork.relativeError(found, expected);
    System.out.printf("%s %s: relative L2 error %.1e%n", file, layer, error);
    assertThat(found.shape()).isEqualTo(expected.shape());
    assertThat(error).isLessThan(TOLERANCE);
  }

  @Test
  void tellsTokensAndHeads() throws URISyntaxException {
    for (String exporter : List.of("torchscript", "dynamo")) {
      Model model = Model.open(file("registers." + exporter + ".onnx"));
      Layer block = model.layers().find("blocks.0");
      assertThat(block.tokens().map(Object::toString)).contains("3 + 4 x 4");
      Layer heads = model.layers().find("blocks.0.attn.heads");
      assertThat(heads.filters()).hasValue(2);
      assertThat(heads.index()).isEqualTo(Layer.UNLISTED);
      assertThat(model.layers().find("blocks.0.norm2").filters()).hasValue(16);
    }
  }

  @Test
  void rendersFiltersOfABlockAndHeads() throws URISyntaxException {
    for (String name : List.of("registers.dynamo.onnx", "windows.torchscript.onnx")) {
      Model model = Model.open(file(name));
      String heads = name.startsWith("windows") ? "layers.0.blocks.1.attn.heads" : "*.1.attn.heads";
      var pictures =
          ActivationMaximization.of(model).layer(heads).each(0, 1).iterations(4).runAll();
      assertThat(pictures).hasSize(2);
      assertThat(pictures.get(0).losses()).isNotEmpty();
    }
  }

  private static Path file(String name) throws URISyntaxException {
    return StoredNetwork.file("tokens", name);
  }
}
