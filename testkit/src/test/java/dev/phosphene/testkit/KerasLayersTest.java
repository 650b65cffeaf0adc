package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Layer tables, outputs of every layer and gradients of small Keras models against what Keras on
 * TensorFlow computes; {@code benchmark/peers/keras_layers.py} made models and references.
 */
class KerasLayersTest {
  /** The error that float32 arithmetic in another order is allowed. */
  private static final double TOLERANCE = 1e-4;

  private static final String REFERENCE = ".reference.h5";

  @TestFactory
  List<DynamicTest> agreesWithKeras() throws IOException, URISyntaxException {
    Path folder = Path.of(KerasLayersTest.class.getResource("keras").toURI());
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path reference : files.filter(file -> file.toString().endsWith(REFERENCE)).toList()) {
        String name = reference.getFileName().toString().replace(REFERENCE, "");
        for (String ending : List.of(".keras", ".h5")) {
          Path model = folder.resolve(name + ending);
          if (Files.exists(model)) {
            tests.add(DynamicTest.dynamicTest(name + ending, () -> check(model, reference)));
          }
        }
      }
    }
    assertThat(tests).isNotEmpty();
    return tests;
  }

  private static void check(Path file, Path reference) throws IOException {
    Model model = Model.open(file);
    KerasComparison.Result result = KerasComparison.of(model, reference);
    List<Layer> counted =
        model.layers().layers().stream().filter(layer -> layer.index() != Layer.UNLISTED).toList();
    assertThat(counted).extracting(Layer::name).isEqualTo(result.layers());
    assertThat(counted).extracting(Layer::kind).isEqualTo(result.kinds());
    assertThat(result.errors())
        .allSatisfy((layer, error) -> assertThat(error).as(layer).isLessThan(TOLERANCE));
    assertThat(result.gradient()).isLessThan(Math.max(TOLERANCE, 3 * result.noise()));
  }
}
