package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * HDF5 files as old versions of Keras wrote them, made by hand by {@code
 * benchmark/peers/keras_dialects.py} since these versions no longer run, against the same networks
 * in today's Keras.
 */
class KerasOldFilesTest {
  private static final double TOLERANCE = 1e-5;

  @ParameterizedTest
  @CsvSource({
    "keras_2_0_theano, Keras 2.0.9",
    "keras_2_1_functional, Keras 2.1.6",
    "keras_2_3_nested, Keras 2.3.1",
    "tensorflow_2_4_functional, Keras 2.4.0",
    "tensorflow_2_15_sequential, Keras 2.15.0"
  })
  void agreesWithTodaysKeras(String name, String producer) throws IOException, URISyntaxException {
    Model model = Model.open(file(name + ".h5"));
    assertThat(model.producer()).isEqualTo(producer);
    KerasComparison.Result result = KerasComparison.of(model, file(name + ".reference.h5"));
    List<Layer> listed =
        model.layers().layers().stream().filter(layer -> layer.index() != Layer.UNLISTED).toList();
    assertThat(listed).extracting(Layer::name).isEqualTo(result.layers());
    assertThat(listed).extracting(Layer::kind).isEqualTo(result.kinds());
    assertThat(result.errors())
        .allSatisfy((layer, error) -> assertThat(error).as(layer).isLessThan(TOLERANCE));
    assertThat(result.gradient()).isLessThan(Math.max(TOLERANCE, 3 * result.noise()));
  }

  private static Path file(String name) throws URISyntaxException {
    return Path.of(KerasOldFilesTest.class.getResource("keras_dialects/" + name).toURI());
  }
}
