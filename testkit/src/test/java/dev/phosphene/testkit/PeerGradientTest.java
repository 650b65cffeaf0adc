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
 * Outputs and gradients of tiny networks, as both of PyTorch's exporters write them, against what
 * PyTorch's autograd computes; {@code benchmark/peers/tiny.py} made the references.
 */
class PeerGradientTest {
  /** The error that float32 arithmetic in another order is allowed. */
  private static final double TOLERANCE = 1e-4;

  @TestFactory
  List<DynamicTest> agreesWithAutograd() throws IOException, URISyntaxException {
    Path folder = Path.of(PeerGradientTest.class.getResource("peers/references.json").toURI());
    JsonNode references = new ObjectMapper().readTree(Files.readString(folder));
    List<DynamicTest> tests = new ArrayList<>();
    for (String name : (Iterable<String>) references::fieldNames) {
      JsonNode reference = references.get(name);
      for (String exporter : List.of("torchscript", "dynamo")) {
        Network network = new Network(folder.getParent(), name, exporter, reference);
        tests.add(DynamicTest.dynamicTest(name + " from " + exporter, network::check));
        if (reference.get("softmax").asBoolean()) {
          tests.add(
              DynamicTest.dynamicTest(
                  name + " from " + exporter + ", softmax kept", network::checkWithSoftmax));
        }
      }
    }
    return tests;
  }

  /** One exported network with its references. */
  private record Network(Path folder, String name, String exporter, JsonNode reference) {
    void check() throws IOException {
      Target output = Target.of(model(), null, true);
      Tensor outputs = LayerActivation.of(model(), output, stored("input"), SessionSettings.SMALL);
      report("outputs", StoredNetwork.relativeError(outputs, stored("outputs")));
      report("gradient", gradientError(false, "gradient"));
    }

    void checkWithSoftmax() throws IOException {
      report("gradient through the softmax", gradientError(true, "softmax.gradient"));
    }

    private double gradientError(boolean softmax, String expected) throws IOException {
      Tensor input = stored("input");
      int unit = reference.get("unit").asInt();
      Gradient gradient = Gradient.of(model()).softmax(softmax).filters(unit);
      return StoredNetwork.relativeError(gradient.at(input).gradient(), stored(expected));
    }

    private void report(String what, double error) {
      double noise = reference.get("noise").asDouble();
      System.out.printf(
          "%s from %s: relative L2 error of %s %.1e, noise %.1e%n",
          name, exporter, what, error, noise);
      assertThat(error).isLessThanOrEqualTo(Math.max(TOLERANCE, 3 * noise));
    }

    private Model model() {
      return Model.open(folder.resolve(name + "." + exporter + ".onnx"));
    }

    private Tensor stored(String what) throws IOException {
      return NumpyFile.read(folder.resolve(name + "." + what + ".npy"));
    }
  }
}
