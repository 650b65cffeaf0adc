package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.model.InputContract.Layout;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.model.keras.hdf.HdfGroup;
import dev.phosphene.model.keras.hdf.Region;
import dev.phosphene.model.keras.layer.KerasLayers;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.LayerActivation;
import dev.phosphene.visualize.Target;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Configurations as older versions of Keras wrote them, by hand since these versions no longer run,
 * with the weights of the stored Sequential model: outputs must be that model's.
 */
class KerasDialectsTest {
  private static final String CONV =
      """
      {"class_name": "Conv2D", "config": {"name": "conv", "trainable": true, %s
        "filters": 4, "kernel_size": [3, 3], "strides": [1, 1], "padding": "valid",
        "data_format": "channels_last", "dilation_rate": [1, 1], "activation": "relu",
        "use_bias": true, "kernel_initializer": {"class_name": "VarianceScaling",
        "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": null}}}%s}
      """;

  private static final String POOL =
      """
      {"class_name": "MaxPooling2D", "config": {"name": "pool", "trainable": true,
        "pool_size": [2, 2], "padding": "valid", "strides": [2, 2],
        "data_format": "channels_last"}%s}
      """;

  private static final String FLAT =
      "{\"class_name\": \"Flatten\", \"config\": {\"name\": \"flat\", \"trainable\": true}%s}";

  private static final String CLASSES =
      """
      {"class_name": "Dense", "config": {"name": "classes", "trainable": true, "units": 5,
        "activation": "softmax", "use_bias": true}%s}
      """;

  @TempDir Path folder;

  private static Path stored(String name) throws URISyntaxException {
    return Path.of(KerasDialectsTest.class.getResource("keras/" + name).toURI());
  }

  private Model open(String json) throws IOException, URISyntaxException {
    Path architecture = Files.writeString(folder.resolve("old.json"), json);
    return Model.open(architecture, stored("sequential.h5"), KerasLayers.STANDARD);
  }

  private static Tensor reference(String path) throws IOException, URISyntaxException {
    try (FileChannel channel = FileChannel.open(stored("sequential.reference.h5"))) {
      HdfGroup root = HdfGroup.root(new Region.InFile(channel, 0, channel.size()));
      String input = root.group("inputs").orElseThrow().names().get(0);
      return root.tensor(path.equals("input") ? "inputs/" + input : path).orElseThrow();
    }
  }

  private static void givesTheSame(Model model, Tensor input)
      throws IOException, URISyntaxException {
    assertThat(model.layers().layers())
        .extracting(Layer::name)
        .containsSubsequence("conv", "pool", "flat", "classes");
    Target target = Target.of(model, "classes", true);
    Tensor found = LayerActivation.of(model, target, input, SessionSettings.SMALL);
    assertThat(StoredNetwork.relativeError(found, reference("layers/classes"))).isLessThan(1e-6);
  }

  private static String sequentialLayers(String first) {
    return String.join(
        ",",
        CONV.formatted(first, ""),
        POOL.formatted(""),
        FLAT.formatted(""),
        CLASSES.formatted(""));
  }

  @Test
  void sequentialOfKeras21() throws IOException, URISyntaxException {
    String layers =
        sequentialLayers("\"batch_input_shape\": [null, 8, 8, 3], \"dtype\": \"float32\",");
    Model model =
        open(
            "{\"class_name\": \"Sequential\", \"config\": [%s], \"keras_version\": \"2.1.6\", \"backend\": \"tensorflow\"}"
                .formatted(layers));
    assertThat(model.producer()).isEqualTo("Keras 2.1.6");
    assertThat(model.layers().layers()).hasSize(4);
    givesTheSame(model, reference("input"));
  }

  @Test
  void sequentialOfTensorFlow2() throws IOException, URISyntaxException {
    String input =
        """
        {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 8, 8, 3],
          "dtype": "float32", "sparse": false, "ragged": false, "name": "conv_input"}},
        """;
    Model model =
        open(
            "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"old\", \"layers\": [%s]}, \"keras_version\": \"2.11.0\"}"
                .formatted(input + sequentialLayers("")));
    assertThat(model.layers().layers()).hasSize(4);
    assertThat(model.inputContract().input()).isEqualTo("conv_input");
    givesTheSame(model, reference("input"));
  }

  @Test
  void functionalOfKeras2() throws IOException, URISyntaxException {
    String node = ", \"name\": \"%s\", \"inbound_nodes\": [[[\"%s\", 0, 0, {}]]]";
    String layers =
        String.join(
            ",",
            """
            {"name": "image", "class_name": "InputLayer", "config": {"batch_input_shape":
              [null, 8, 8, 3], "dtype": "float32", "sparse": false, "name": "image"},
              "inbound_nodes": []}
            """,
            CONV.formatted("", node.formatted("conv", "image")),
            POOL.formatted(node.formatted("pool", "conv")),
            FLAT.formatted(node.formatted("flat", "pool")),
            CLASSES.formatted(node.formatted("classes", "flat")));
    Model model =
        open(
            """
            {"class_name": "Model", "config": {"name": "old", "layers": [%s],
              "input_layers": [["image", 0, 0]], "output_layers": [["classes", 0, 0]]},
              "keras_version": "2.2.4", "backend": "tensorflow"}
            """
                .formatted(layers));
    assertThat(model.layers().find("0").name()).isEqualTo("image");
    givesTheSame(model, reference("input"));
  }

  @Test
  void channelsFirst() throws IOException, URISyntaxException {
    String layers = sequentialLayers("\"batch_input_shape\": [null, 3, 8, 8],");
    String first =
        layers
            .replace("channels_last", "channels_first")
            .replace(
                "\"name\": \"flat\",", "\"name\": \"flat\", \"data_format\": \"channels_first\",");
    Model model =
        open("{\"class_name\": \"Sequential\", \"config\": {\"layers\": [%s]}}".formatted(first));
    assertThat(model.layers().find("conv").filterAxis()).hasValue(1);
    assertThat(model.layers().find("conv").filters()).hasValue(4);
    assertThat(model.inputContract().layout()).isEqualTo(Layout.CHANNELS_FIRST);
    Tensor input = reference("input");
    float[] moved = new float[input.elements()];
    long[] sizes = input.sizes();
    int positions = (int) (sizes[1] * sizes[2]);
    for (int i = 0; i < moved.length; i++) {
      int image = i / (positions * 3);
      int channel = i / positions % 3;
      moved[i] = (float) input.getDouble((image * positions + i % positions) * 3 + channel);
    }
    givesTheSame(model, Tensor.of(moved, sizes[0], 3, sizes[1], sizes[2]));
  }
}
