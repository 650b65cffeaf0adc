package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Model;
import dev.phosphene.model.keras.layer.KerasLayers;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.LayerActivation;
import dev.phosphene.visualize.Target;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Functions of TensorFlow in functional models of tf.keras 2, configurations by hand since that
 * version no longer runs: what they give for the input {@code [[[1, -2, 3], [4, 5, -6]]]}.
 */
class KerasFunctionsTest {
  private static final Tensor INPUT = Tensor.of(new float[] {1, -2, 3, 4, 5, -6}, 1, 2, 3);

  @TempDir Path folder;

  private Model open(String className, String function, String node)
      throws IOException, URISyntaxException {
    String json =
        """
        {"class_name": "Functional", "config": {"name": "old", "trainable": true, "layers": [
          {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 2, 3],
            "dtype": "float32", "sparse": false, "ragged": false, "name": "x"}, "name": "x",
            "inbound_nodes": []},
          {"class_name": "%s", "config": {"name": "f", "trainable": true, "dtype": "float32",
            "function": "%s"}, "name": "f", "inbound_nodes": [%s]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["f", 0, 0]]},
          "keras_version": "2.11.0", "backend": "tensorflow"}
        """
            .formatted(className, function, node);
    Path architecture = Files.writeString(folder.resolve("old.json"), json);
    Path weights = Path.of(KerasFunctionsTest.class.getResource("keras/sequential.h5").toURI());
    return Model.open(architecture, weights, KerasLayers.STANDARD);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "math.add | ['x', 0, 0, {'y': 1.0, 'name': null}] | 2 -1 4 5 6 -5",
        "__operators__.add | ['x', 0, 0, {'y': ['x', 0, 0], 'name': null}] | 2 -4 6 8 10 -12",
        "math.subtract | ['_CONSTANT_VALUE', -1, 1, {'y': ['x', 0, 0]}] | 0 3 -2 -3 -4 7",
        "math.multiply | ['x', 0, 0, {'y': [1.0, 2.0, 3.0]}] | 1 -4 9 4 10 -18",
        "math.truediv | ['x', 0, 0, {'y': 2.0, 'name': null}] | .5 -1 1.5 2 2.5 -3",
        "math.pow | ['x', 0, 0, {'y': 2, 'name': null}] | 1 4 9 16 25 36",
        "clip_by_value | ['x', 0, 0, {'clip_value_min': -2, 'clip_value_max': 3}] | 1 -2 3 3 3 -2",
        "nn.relu | ['x', 0, 0, {'name': null}] | 1 0 3 4 5 0",
        "nn.leaky_relu | ['x', 0, 0, {'alpha': 0.5}] | 1 -1 3 4 5 -3",
        "math.reduce_mean | ['x', 0, 0, {'axis': 2, 'keepdims': true}] | 0.6666667 1",
        "math.reduce_sum | ['x', 0, 0, {'axis': [1, 2], 'keepdims': false}] | 5",
        "reshape | ['x', 0, 0, {'shape': [-1, 3, 2], 'name': null}] | 1 -2 3 4 5 -6",
        "transpose | ['x', 0, 0, {'perm': [0, 2, 1]}] | 1 4 -2 5 3 -6",
        "concat | [['x', 0, 0, {'axis': -1}], ['x', 0, 0, {'axis': -1}]]"
            + " | 1 -2 3 1 -2 3 4 5 -6 4 5 -6",
        "linalg.matmul | ['x', 0, 0, {'b': ['x', 0, 0], 'transpose_b': true}] | 14 -24 -24 77",
        "pad | ['x', 0, 0, {'paddings': [[0, 0], [0, 0], [1, 0]]}] | 0 1 -2 3 0 4 5 -6",
        "split | ['x', 0, 0, {'num_or_size_splits': [1, 2], 'axis': -1}] | 1 4",
      })
  void gives(String function, String node, String expected) throws IOException, URISyntaxException {
    check(open("TFOpLambda", function, node.replace('\'', '"')), expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[{'start': null, 'stop': null, 'step': null}, 1] | 4 5 -6",
        "[{'start': null, 'stop': null, 'step': null}, -1, {'start': 1, 'stop': 3, 'step': 1}]"
            + " | 5 -6",
        "[{'class_name': '__ellipsis__'}, {'start': null, 'stop': null, 'step': 2}] | 1 3 4 -6",
      })
  void slices(String slices, String expected) throws IOException, URISyntaxException {
    String node = "[\"x\", 0, 0, {\"slice_spec\": %s}]".formatted(slices.replace('\'', '"'));
    check(open("SlicingOpLambda", "__operators__.getitem", node), expected);
  }

  private static void check(Model model, String expected) {
    Target target = Target.of(model, "f", true);
    double[] found = LayerActivation.of(model, target, INPUT, SessionSettings.SMALL).toDoubles();
    String[] numbers = expected.split(" ", -1);
    assertThat(found).hasSize(numbers.length);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isCloseTo(Double.parseDouble(numbers[i]), within(1e-5));
    }
  }

  @Test
  void unknownFunctionsAreNamedWithTheLayer() {
    assertThatThrownBy(() -> open("TFOpLambda", "signal.fft3d", "[\"x\", 0, 0, {}]"))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("layer \"f\" (TFOpLambda)")
        .hasMessageContaining("tf.signal.fft3d")
        .hasMessageContaining("KerasLayers.STANDARD.with");
  }
}
