package dev.phosphene.model;

import static dev.phosphene.model.onnx.Protos.attribute;
import static dev.phosphene.model.onnx.Protos.counting;
import static dev.phosphene.model.onnx.Protos.entry;
import static dev.phosphene.model.onnx.Protos.graph;
import static dev.phosphene.model.onnx.Protos.model;
import static dev.phosphene.model.onnx.Protos.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.onnx.Protos;
import dev.phosphene.model.onnx.proto.GraphProto;
import dev.phosphene.model.onnx.proto.NodeProto;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerTableTest {
  private static final long[] IMAGES = {-1, 3, 8, 8};

  @TempDir Path folder;

  private LayerTable layers(GraphProto.Builder graph) {
    return Model.open(Protos.write(folder, model(17, graph))).layers();
  }

  /** A residual block as PyTorch's older exporter writes it. */
  private LayerTable torchscript() {
    return layers(
        graph(
                IMAGES,
                "y",
                named("/layer1/layer1.0/conv1/Conv", node("Conv", "x w -> c1")),
                named("/layer1/layer1.0/relu/Relu", node("Relu", "c1 -> r1")),
                named("/layer1/layer1.0/conv2/Conv", node("Conv", "r1 w2 -> c2")),
                named("/layer1/layer1.0/Add", node("Add", "c2 r1 -> s")),
                named("/layer1/layer1.0/relu_1/Relu", node("Relu", "s -> r2")),
                named("/Shape", node("Shape", "r2 -> shape")),
                named("/Cast", node("Cast", "shape -> casted", attribute("to", 7))),
                named("/Flatten", node("Flatten", "r2 -> f")),
                named("/fc/MatMul", node("MatMul", "f wf -> m")),
                named("/fc/Add", node("Add", "m bf -> y")))
            .addInitializer(counting("w", 5, 3, 3, 3))
            .addInitializer(counting("w2", 5, 5, 1, 1))
            .addInitializer(counting("wf", 180, 10))
            .addInitializer(counting("bf", 10)));
  }

  private static NodeProto.Builder named(String name, NodeProto.Builder node) {
    return node.setName(name);
  }

  private static NodeProto.Builder scoped(String scopes, NodeProto.Builder node) {
    return node.addMetadataProps(entry("pkg.torch.onnx.name_scopes", scopes));
  }

  @Test
  void layersAreTheModulesThatExportersNote() {
    LayerTable table = torchscript();
    assertThat(table.layers())
        .extracting(Layer::name)
        .containsExactly(
            "layer1.0.conv1",
            "layer1.0.relu",
            "layer1.0.conv2",
            "layer1.0.Add",
            "layer1.0.relu_1",
            "Flatten",
            "fc");
    assertThat(table.layers())
        .extracting(Layer::kind)
        .containsExactly("Conv", "Relu", "Conv", "Add", "Relu", "Flatten", "MatMul");
    assertThat(table.layers())
        .extracting(Layer::parameters)
        .containsExactly(135L, 0L, 25L, 0L, 0L, 0L, 1810L);
    Layer first = table.find("0");
    assertThat(first.shape()).hasToString("[N, 5, 6, 6]");
    assertThat(first.filterAxis()).hasValue(1);
    assertThat(first.filters()).hasValue(5);
    assertThat(table.last().output()).isEqualTo("y");
    assertThat(table.last().filters()).hasValue(10);
  }

  @Test
  void dynamoGivesTheSameNames() {
    LayerTable table =
        layers(
            graph(
                    IMAGES,
                    "y",
                    scoped(
                        "['', 'layer1', 'layer1.0', 'layer1.0.bn1', 'batch_norm']",
                        node("Conv", "x layer1.0.conv1.weight -> c1")),
                    scoped(
                        "['', 'layer1', 'layer1.0', 'layer1.0.relu', 'r']",
                        node("Relu", "c1 -> r1")),
                    scoped(
                        "['', 'layer1', 'layer1.0', 'layer1.0.conv2', 'c']",
                        node("Conv", "r1 layer1.0.conv2.weight -> c2")),
                    scoped("['', 'layer1', 'layer1.0', 'add']", node("Add", "c2 r1 -> s")),
                    scoped(
                        "['', 'layer1', 'layer1.0', 'layer1.0.relu', 'r2']",
                        node("Relu", "s -> y")))
                .addInitializer(counting("layer1.0.conv1.weight", 5, 3, 1, 1))
                .addInitializer(counting("layer1.0.conv2.weight", 5, 5, 1, 1)));
    assertThat(table.layers())
        .extracting(Layer::name)
        .containsExactly(
            "layer1.0.conv1", "layer1.0.relu", "layer1.0.conv2", "layer1.0.Add", "layer1.0.relu_1");
    Layer folded = table.find("layer1.0.bn1");
    assertThat(folded.output()).isEqualTo("c1");
    assertThat(table.find("layer1").output()).isEqualTo("y");
  }

  @Test
  void indicesNamesAndGlobs() {
    LayerTable table = torchscript();
    assertThat(table.find("-1").name()).isEqualTo("fc");
    assertThat(table.find("2").name()).isEqualTo("layer1.0.conv2");
    assertThat(table.find("fc").index()).isEqualTo(6);
    assertThat(table.find("*conv1").name()).isEqualTo("layer1.0.conv1");
    assertThat(table.find("f?").name()).isEqualTo("fc");
    assertThatThrownBy(() -> table.find("layer1.*"))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("5 layers")
        .hasMessageContaining("layer1.0.conv1, layer1.0.relu, layer1.0.conv2, ...");
    assertThatThrownBy(() -> table.find("head*"))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("phosphene layers");
  }

  @Test
  void whatIsNotListedCanStillBeNamed() {
    LayerTable table = torchscript();
    assertThat(table.find("layer1").output()).isEqualTo("r2");
    assertThat(table.find("layer1.0").index()).isEqualTo(Layer.UNLISTED);
    assertThat(table.find("m").kind()).isEqualTo("MatMul");
    assertThat(table.find("/fc/MatMul").output()).isEqualTo("m");
    assertThat(table.find("x").kind()).isEqualTo("Input");
  }

  @Test
  void unknownLayersGetTheNearestNames() {
    LayerTable table = torchscript();
    assertThatThrownBy(() -> table.find("layer1.0.cnov1"))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("Did you mean \"layer1.0.conv1\"")
        .hasMessageContaining("phosphene layers");
    for (String outOfRange : new String[] {"7", "-8", "99999"}) {
      assertThatThrownBy(() -> table.find(outOfRange))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("0 to 6");
    }
  }

  @Test
  void namesOfValuesThatAreNumbersGiveWayToIndices() {
    LayerTable table =
        layers(graph(IMAGES, "380", node("Relu", "x -> 0"), node("Exp", "0 -> 380")));
    assertThat(table.layers()).extracting(Layer::name).containsExactly("Relu", "Exp");
    assertThat(table.find("0").kind()).isEqualTo("Relu");
    assertThat(table.find("380").kind()).isEqualTo("Exp");
  }

  @Test
  void theLastLayerGivesTheOutputOfTheModel() {
    LayerTable table =
        layers(graph(IMAGES, "y", node("Relu", "x -> r"), node("Flatten", "r -> y")));
    assertThat(table.layers()).extracting(Layer::kind).containsExactly("Relu", "Flatten");
    assertThat(table.last().output()).isEqualTo("y");
  }

  @Test
  void channelsLastIsFollowedThroughTransposes() {
    LayerTable table =
        layers(
            graph(
                    new long[] {-1, 8, 8, 3},
                    "y",
                    node("Transpose", "x -> t", attribute("perm", new long[] {0, 3, 1, 2})),
                    node("Conv", "t w -> c"),
                    node("Transpose", "c -> u", attribute("perm", new long[] {0, 2, 3, 1})),
                    node("Add", "u b -> a"),
                    node("Relu", "a -> y"))
                .addInitializer(counting("w", 5, 3, 1, 1))
                .addInitializer(counting("b", 1, 1, 1, 5)));
    assertThat(table.layers()).extracting(Layer::name).containsExactly("c", "a", "y");
    assertThat(table.find("c").filterAxis()).hasValue(1);
    assertThat(table.find("a").filterAxis()).hasValue(3);
    assertThat(table.find("y").filters()).hasValue(5);
  }

  @Test
  void normalizationWrittenAsArithmeticIsOneLayer() {
    LayerTable table =
        layers(
            graph(
                    IMAGES,
                    "y",
                    named("/Sub_1", node("Sub", "x mean -> s")),
                    named("/Mul_1", node("Mul", "s scale -> m")),
                    named("/Add_1", node("Add", "m offset -> a")),
                    named("/Sub_2", node("Sub", "a mean -> s2")),
                    named("/Mul_2", node("Mul", "s2 scale -> m2")),
                    named("/Add_2", node("Add", "m2 offset -> a2")),
                    named("/Add_3", node("Add", "a2 m2 -> y")))
                .addInitializer(counting("mean", 3, 1, 1))
                .addInitializer(counting("scale", 3, 1, 1))
                .addInitializer(counting("offset", 3, 1, 1)));
    assertThat(table.layers())
        .extracting(Layer::name)
        .containsExactly("Add_1", "Sub_2", "Mul_2", "Add_2", "Add_3");
    assertThat(table.find("Add_1").kind()).isEqualTo("BatchNormalization");
    assertThat(table.find("Add_1").parameters()).isEqualTo(9);
    assertThat(table.find("/Sub_1").output()).isEqualTo("s");
  }

  @Test
  void tokensHaveTheirFeaturesLast() {
    LayerTable table =
        layers(
            graph(
                    new long[] {-1, 3, 4, 4},
                    "y",
                    node("Conv", "x w -> c"),
                    node("Reshape", "c flat -> f"),
                    node("Transpose", "f -> t", attribute("perm", new long[] {0, 2, 1})),
                    node("MatMul", "t m -> y"))
                .addInitializer(counting("w", 6, 3, 1, 1))
                .addInitializer(
                    counting("flat", 3)
                        .setDataType(7)
                        .clearRawData()
                        .addInt64Data(0)
                        .addInt64Data(6)
                        .addInt64Data(16))
                .addInitializer(counting("m", 6, 7)));
    assertThat(table.find("f").filterAxis()).hasValue(1);
    assertThat(table.find("t").filterAxis()).hasValue(2);
    assertThat(table.find("y").filters()).hasValue(7);
  }

  /** What {@code x.view(x.size(0), -1)} is in a file. */
  @Test
  void shapesThatTheGraphComputesAreKnownForEveryBatchSize() {
    GraphProto.Builder graph =
        graph(
            IMAGES,
            "y",
            node("Shape", "x -> sizes"),
            node("Constant", "-> zero", attribute("value_ints", new long[] {0})),
            node("Constant", "-> rest", attribute("value_ints", new long[] {-1})),
            node("Gather", "sizes zero -> batch"),
            node("Concat", "batch rest -> target", attribute("axis", 0)),
            node("Reshape", "x target -> flat"),
            node("Relu", "flat -> y"));
    assertThat(layers(graph).find("y").shape()).hasToString("[N, 192]");
    assertThat(layers(graph).find("y").filters()).hasValue(192);
  }

  @Test
  void contradictionsDoNotHinderTheTable() {
    GraphProto.Builder graph =
        graph(IMAGES, "y", node("Add", "x bad -> a"), node("Relu", "a -> y"))
            .addInitializer(counting("bad", 7));
    assertThat(layers(graph).layers()).extracting(Layer::kind).containsExactly("Add", "Relu");
    assertThat(layers(graph).find("y").filters()).isEmpty();
  }

  @Test
  void sharedWeightsAreCountedOnce() {
    LayerTable table =
        layers(
            graph(
                    IMAGES,
                    "y",
                    node("Add", "x w -> a"),
                    node("Identity", "w -> v"),
                    node("Mul", "a v -> y"))
                .addInitializer(counting("w", 3, 1, 1)));
    assertThat(table.layers()).extracting(Layer::parameters).containsExactly(3L, 0L);
  }

  @Test
  void modelsWithoutLayersSaySo() {
    LayerTable table = layers(graph(IMAGES, "x"));
    assertThat(table.layers()).isEmpty();
    assertThatThrownBy(table::last)
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("no layers");
  }
}
