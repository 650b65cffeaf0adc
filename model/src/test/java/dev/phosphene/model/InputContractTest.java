package dev.phosphene.model;

import static dev.phosphene.model.onnx.Protos.entry;
import static dev.phosphene.model.onnx.Protos.graph;
import static dev.phosphene.model.onnx.Protos.model;
import static dev.phosphene.model.onnx.Protos.node;
import static dev.phosphene.model.onnx.Protos.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.InputContract.Channels;
import dev.phosphene.model.InputContract.Layout;
import dev.phosphene.model.InputContract.Part;
import dev.phosphene.model.InputContract.Source;
import dev.phosphene.model.onnx.Protos;
import dev.phosphene.model.onnx.proto.GraphProto;
import dev.phosphene.model.onnx.proto.ModelProto;
import dev.phosphene.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputContractTest {
  @TempDir Path folder;

  private static ModelProto.Builder relu(long... shape) {
    return model(17, graph(shape, "y", node("Relu", "x -> y")));
  }

  private InputContract contract(ModelProto.Builder model) {
    return Model.open(Protos.write(folder, model)).inputContract();
  }

  private Model withSidecar(String json) throws IOException {
    Path file = Protos.write(folder, relu(-1, 3, 32, 32));
    Files.writeString(Path.of(file.toString().replace(".onnx", ".phosphene.json")), json);
    return Model.open(file);
  }

  @Test
  void sidecarsMayHaveTheWholeNameOfTheModel() throws IOException {
    Path file = withSidecar("{\"range\": [0, 255]}").path();
    Files.writeString(Path.of(file + ".phosphene.json"), "{\"range\": [-1, 1]}");
    assertThat(Model.open(file).inputContract().high()).isEqualTo(1);
  }

  @Test
  void torchvisionsConventionIsAssumedForColourImagesChannelsFirst() {
    InputContract contract = contract(relu(-1, 3, 224, 200));
    assertThat(contract.layout()).isEqualTo(Layout.CHANNELS_FIRST);
    assertThat(contract.channels()).isEqualTo(Channels.RGB);
    assertThat(contract.low()).isZero();
    assertThat(contract.high()).isEqualTo(1);
    assertThat(contract.mean()).containsExactly(0.485f, 0.456f, 0.406f);
    assertThat(contract.deviation()).containsExactly(0.229f, 0.224f, 0.225f);
    assertThat(contract.spatial())
        .satisfies(shape -> assertThat(shape.sizes()).containsExactly(224, 200));
    assertThat(contract.isAssumed()).isTrue();
    assertThat(contract.describe())
        .contains("assumed", "0.485", "--input-range", "--mean", "phosphene.json")
        .doesNotContain("\n");
  }

  @Test
  void kerasConventionIsAssumedForChannelsLast() {
    InputContract contract = contract(relu(-1, -1, -1, 3));
    assertThat(contract.layout()).isEqualTo(Layout.CHANNELS_LAST);
    assertThat(contract.low()).isEqualTo(-1);
    assertThat(contract.mean()).containsExactly(0);
    assertThat(contract.spatial())
        .satisfies(shape -> assertThat(shape.sizes()).containsExactly(-1, -1));
  }

  @Test
  void grayAndOtherInputsAreTakenAsTheyAre() {
    InputContract gray = contract(relu(1, 1, 28, 28));
    assertThat(gray.channels()).isEqualTo(Channels.GRAY);
    assertThat(gray.mean()).containsExactly(0);
    InputContract vector = contract(relu(-1, 10));
    assertThat(vector.axes()).isEqualTo("NC");
    assertThat(vector.spatial()).isEqualTo(Shape.scalar());
    assertThat(vector.channels()).isEqualTo(Channels.OTHER);
  }

  @Test
  void channelsAreFoundInSignalsAndVolumes() {
    assertInput("NCL in [-1, 1] (assumed and by the input's shape)", -1, 2, 1000);
    assertInput("1000 NCL", -1, 12, 1000);
    assertInput("1000 NLC", -1, 1000, 12);
    assertInput("128 NCL", -1, 3, 128);
    assertInput("NLC", -1, -1, 6);
    assertInput("NCL", -1, -1, -1);
    assertInput("16x17x18 NCDHW in [0, 1]", -1, 1, 16, 17, 18);
    assertInput("16x17x18 NDHWC", -1, 16, 17, 18, 1);
    assertInput("NCDHW", -1, 2, -1, -1, -1);
    assertInput("NDHWC", -1, 20, 30, 40, 2);
    assertInput("14x15 NCHW", -1, 64, 14, 15);
    assertInput("14x15 NHWC", -1, 14, 15, 4);
    assertInput("NHWC", -1, -1, -1, 16);
    assertInput("NC in [0, 1]", -1, 7);
  }

  private void assertInput(String description, long... shape) {
    InputContract contract = contract(relu(shape));
    assertThat(contract.describe()).contains(description);
    assertThat(contract.channels()).isNotEqualTo(Channels.RGB);
    assertThat(contract.isAssumed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"NHWC", "nlc", "NWC", "NDHWC", "channels_last", " Channels_Last "})
  void layoutsHaveNames(String name) {
    assertThat(Layout.named(name)).isEqualTo(Layout.CHANNELS_LAST);
    String other = name.strip().toUpperCase(Locale.ROOT).replace("LAST", "FIRST");
    if (other.startsWith("N")) {
      other = "NC" + other.substring(1, other.length() - 1);
    }
    assertThat(Layout.named(other)).isEqualTo(Layout.CHANNELS_FIRST);
    assertThatThrownBy(() -> Layout.named("CHWN"))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("expected one of NCHW, NHWC, NCL");
  }

  @Test
  void sizesAreOfSpatialAxes() throws IOException {
    InputContract open = contract(relu(-1, -1, -1, -1, 2));
    assertThat(open.withSize(new long[] {8}, Source.OPTION).shape())
        .satisfies(shape -> assertThat(shape.sizes()).containsExactly(-1, 8, 8, 8, 2));
    InputContract sized = open.withSize(new long[] {8, 9, 10}, Source.OPTION);
    assertThat(sized.describe()).contains("8x9x10 NDHWC");
    assertThat(sized.withLayout(Layout.CHANNELS_FIRST, Source.OPTION).shape())
        .satisfies(shape -> assertThat(shape.sizes()).containsExactly(-1, 2, 8, 9, 10));
    assertThat(open.withLayout(Layout.CHANNELS_FIRST, Source.OPTION).spatial())
        .satisfies(shape -> assertThat(shape.sizes()).containsExactly(-1, -1, 2));
    for (long[] sizes : new long[][] {{}, {0}, {8, 9}, {8, 9, -1}, {1 << 20, 1 << 20, 1 << 20}}) {
      assertThatThrownBy(() -> open.withSize(sizes, Source.OPTION))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("does not fit input \"x\" (NDHWC): expected 3 sizes");
    }
    assertThatThrownBy(() -> contract(relu(-1, 7)).withSize(new long[] {8}, Source.OPTION))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("no spatial axes");
  }

  @Test
  void notesSayLayoutAndSizeOfSignals() {
    InputContract contract =
        contract(
            relu(-1, -1, -1)
                .addMetadataProps(entry("phosphene.layout", "nlc"))
                .addMetadataProps(entry("phosphene.size", "256"))
                .addMetadataProps(entry("phosphene.mean", "1,2,3,4,5")));
    assertThat(contract.shape())
        .satisfies(shape -> assertThat(shape.sizes()).containsExactly(-1, 256, -1));
    assertThat(contract.mean()).hasSize(5);
  }

  @Test
  void metadataIsStrongerThanAssumptions() {
    InputContract contract =
        contract(
            relu(-1, 3, 32, 32)
                .addMetadataProps(entry("phosphene.range", "[0, 255]"))
                .addMetadataProps(entry("phosphene.channels", "bgr"))
                .addMetadataProps(entry("phosphene.mean", "103.9 116.8,123.7")));
    assertThat(contract.high()).isEqualTo(255);
    assertThat(contract.channels()).isEqualTo(Channels.BGR);
    assertThat(contract.mean()).containsExactly(103.9f, 116.8f, 123.7f);
    assertThat(contract.deviation()).containsExactly(1);
    assertThat(contract.source(Part.RANGE)).isEqualTo(Source.MODEL);
    assertThat(contract.isAssumed()).isFalse();
    assertThat(contract.describe()).doesNotContain("--input-range");
  }

  @Test
  void sidecarIsStrongerThanMetadata() throws IOException {
    Model model =
        withSidecar(
            "{\"range\": [-1, 1], \"mean\": 0.5, \"deviation\": [0.1, 0.2, 0.3],"
                + " \"labels\": [\"cat\", \"dog\"]}");
    InputContract contract = model.inputContract();
    assertThat(contract.low()).isEqualTo(-1);
    assertThat(contract.mean()).containsExactly(0.5f);
    assertThat(contract.deviation()).containsExactly(0.1f, 0.2f, 0.3f);
    assertThat(contract.source(Part.MEAN)).isEqualTo(Source.SIDECAR);
    assertThat(model.labels()).containsExactly("cat", "dog");
  }

  @Test
  void optionsAreStrongest() throws IOException {
    InputContract contract =
        withSidecar("{\"range\": [-1, 1]}").inputContract().withRange(0, 255, Source.OPTION);
    assertThat(contract.high()).isEqualTo(255);
    assertThat(contract.source(Part.RANGE)).isEqualTo(Source.OPTION);
  }

  @Test
  void anotherRangeTakesTheAssumedMeanAway() {
    InputContract contract = contract(relu(-1, 3, 32, 32)).withRange(-1, 1, Source.OPTION);
    assertThat(contract.mean()).containsExactly(0);
    assertThat(contract.deviation()).containsExactly(1);
    InputContract given =
        contract(relu(-1, 3, 32, 32))
            .withMean(new float[] {0.5f}, Source.OPTION)
            .withRange(-1, 1, Source.OPTION);
    assertThat(given.mean()).containsExactly(0.5f);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"range\": [1, 0]}",
        "{\"range\": [0, 1, 2]}",
        "{\"range\": \"wide\"}",
        "{\"range\": [0, \"NaN\"]}",
        "{\"mean\": []}",
        "{\"deviation\": [0]}",
        "{\"layout\": \"CHWN\"}",
        "{\"channels\": {}}",
        "{\"size\": \"large\"}",
      })
  void notesThatMakeNoSenseAreRefused(String json) throws IOException {
    Model model = withSidecar(json);
    assertThatThrownBy(model::inputContract)
        .isInstanceOf(PhospheneException.class)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"range\": ", "\"text\"", "{]"})
  void sidecarsThatAreNoObjectsAreRefused(String json) {
    assertThatThrownBy(() -> withSidecar(json))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining(".phosphene.json")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void theInputThatLooksLikeAnImageIsTaken() {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .addInput(value("steps", 7, 1))
            .addInput(value("scale", 1, 1))
            .addInput(value("picture", 1, -1, 3, 8, 8))
            .addNode(node("Mul", "picture scale -> y"))
            .addOutput(value("y", 1));
    assertThat(contract(model(17, graph)).input()).isEqualTo("picture");
  }

  @Test
  void modelsThatTakeNoNumbersSaySo() {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .addInput(value("words", 8, -1, 5))
            .addNode(node("Identity", "words -> y"))
            .addOutput(value("y", 8));
    Model model = Model.open(Protos.write(folder, model(17, graph)));
    assertThat(model.layers().layers()).isEmpty();
    assertThatThrownBy(model::inputContract)
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("words");
  }

  @Test
  void labelsAndHashAndProducer() {
    Model model =
        Model.open(
            Protos.write(
                folder,
                relu(1, 3, 8, 8).addMetadataProps(entry("phosphene.labels", "cat\ndog\n"))));
    assertThat(model.labels()).containsExactly("cat", "dog");
    assertThat(model.producer()).isEqualTo("test");
    assertThat(model.sha256()).matches("[0-9a-f]{64}");
  }
}
