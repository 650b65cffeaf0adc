package dev.phosphene.model.onnx;

import static dev.phosphene.model.onnx.Protos.attribute;
import static dev.phosphene.model.onnx.Protos.counting;
import static dev.phosphene.model.onnx.Protos.graph;
import static dev.phosphene.model.onnx.Protos.model;
import static dev.phosphene.model.onnx.Protos.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.onnx.proto.NodeProto;
import dev.phosphene.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorUpgradesTest {
  private static final long[] IMAGES = {-1, 4, 8, 8};

  @TempDir Path folder;

  private Graph read(long operatorSet, String output, NodeProto.Builder... nodes) {
    return Protos.read(
            folder,
            model(
                operatorSet,
                graph(IMAGES, output, nodes)
                    .addInitializer(counting("two", 2))
                    .addInitializer(counting("four", 4))))
        .graph();
  }

  private Node only(long operatorSet, NodeProto.Builder node) {
    List<Node> nodes = read(operatorSet, "y", node).nodes();
    assertThat(nodes).hasSize(1);
    return nodes.get(0);
  }

  private Tensor input(Graph graph, int input) {
    return graph.constants().get(graph.nodes().get(0).input(input));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Squeeze",
        "Unsqueeze",
        "ReduceSum",
        "ReduceMean",
        "ReduceMax",
        "ReduceMin",
        "ReduceProd",
        "ReduceL1",
        "ReduceL2",
        "ReduceLogSum",
        "ReduceLogSumExp",
        "ReduceSumSquare"
      })
  void axesBecomeAnInput(String operator) {
    Graph graph = read(11, "y", node(operator, "x -> y", attribute("axes", new long[] {-1, 2})));
    assertThat(input(graph, 1).toLongs()).containsExactly(-1, 2);
    assertThat(graph.nodes().get(0).attributes().has("axes")).isFalse();
    assertThat(graph.nodes().get(0).output(0)).isEqualTo("y");
  }

  @Test
  void attentionOfTheRuntimeGetsABiasOfZeros() {
    NodeProto.Builder attention = node("Attention", "x weights -> y", attribute("num_heads", 2));
    Graph graph =
        Protos.read(
                folder,
                model(
                        20,
                        graph(new long[] {1, 3, 4}, "y", attention.setDomain("com.microsoft"))
                            .addInitializer(counting("weights", 4, 12)))
                    .addOpsetImport(Protos.operatorSet("com.microsoft", 1)))
            .graph();
    assertThat(input(graph, 2).toDoubles()).hasSize(12).containsOnly(0.0);
  }

  @Test
  void reductionOverAllAxesStaysOne() {
    assertThat(only(11, node("ReduceMean", "x -> y", attribute("keepdims", 0))).inputs())
        .containsExactly("x");
  }

  @Test
  void currentFormsStayAsTheyAre() {
    Node node = only(18, node("ReduceMean", "x two -> y"));
    assertThat(node.inputs()).containsExactly("x", "two");
  }

  @Test
  void splitSizesBecomeAnInputAndEqualPartsACount() {
    Graph graph =
        read(
            11,
            "y",
            node("Split", "x -> y z", attribute("axis", 1), attribute("split", new long[] {1, 3})));
    assertThat(input(graph, 1).toLongs()).containsExactly(1, 3);
    Node equal = only(13, node("Split", "x -> y z", attribute("axis", 1)));
    assertThat(equal.attributes().integer("num_outputs", 0)).isEqualTo(2);
    assertThat(only(13, node("Split", "x two -> y z")).attributes().has("num_outputs")).isFalse();
  }

  @Test
  void sliceOfAttributes() {
    Graph graph =
        read(
            9,
            "y",
            node(
                "Slice",
                "x -> y",
                attribute("starts", new long[] {1}),
                attribute("ends", new long[] {3}),
                attribute("axes", new long[] {2})));
    assertThat(input(graph, 1).toLongs()).containsExactly(1);
    assertThat(input(graph, 2).toLongs()).containsExactly(3);
    assertThat(input(graph, 3).toLongs()).containsExactly(2);
    assertThat(graph.nodes().get(0).attributes().values()).isEmpty();
  }

  @Test
  void padAndClipOfAttributes() {
    Graph pad =
        read(
            10,
            "y",
            node(
                "Pad",
                "x -> y",
                attribute("mode", "constant"),
                attribute("pads", new long[] {0, 0, 1, 1, 0, 0, 1, 1}),
                attribute("value", 2f)));
    assertThat(input(pad, 1).toLongs()).hasSize(8);
    assertThat(input(pad, 2).getDouble(0)).isEqualTo(2);
    assertThat(pad.nodes().get(0).attributes().text("mode", "")).isEqualTo("constant");
    Graph clip = read(10, "y", node("Clip", "x -> y", attribute("max", 6f)));
    assertThat(clip.nodes().get(0).hasInput(1)).isFalse();
    assertThat(input(clip, 2).getDouble(0)).isEqualTo(6);
  }

  @Test
  void dropoutAndTopKOfAttributes() {
    assertThat(
            input(read(10, "y", node("Dropout", "x -> y", attribute("ratio", 0.3f))), 1).toFloats())
        .containsExactly(0.3f);
    assertThat(input(read(9, "y", node("TopK", "x -> y i", attribute("k", 3))), 1).toLongs())
        .containsExactly(3);
  }

  @Test
  void upsampleIsAResizeFromTheCorner() {
    Graph seven =
        read(
            7,
            "y",
            node(
                "Upsample",
                "x -> y",
                attribute("mode", "bilinear"),
                attribute("scales", new float[] {1, 1, 2, 2})));
    Node node = seven.nodes().get(0);
    assertThat(node.is("Resize")).isTrue();
    assertThat(node.hasInput(1)).isFalse();
    assertThat(input(seven, 2).toFloats()).containsExactly(1, 1, 2, 2);
    assertThat(node.attributes().text("mode", "")).isEqualTo("linear");
    assertThat(node.attributes().text("coordinate_transformation_mode", ""))
        .isEqualTo("asymmetric");
    for (Node other :
        List.of(
            only(9, node("Upsample", "x four -> y")), only(10, node("Resize", "x four -> y")))) {
      assertThat(other.inputs()).containsExactly("x", "", "four");
      assertThat(other.attributes().text("mode", "")).isEqualTo("nearest");
      assertThat(other.attributes().text("nearest_mode", "")).isEqualTo("floor");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Softmax", "LogSoftmax", "Hardmax"})
  void softmaxOverSeveralAxesIsFlattened(String operator) {
    Graph graph = read(11, "y", node(operator, "x -> y"), node("Relu", "y -> z"));
    assertThat(graph.nodes())
        .extracting(n -> n.type().name())
        .containsExactly("Flatten", operator, "Shape", "Reshape", "Relu");
    assertThat(graph.nodes().get(0).attributes().integer("axis", 0)).isEqualTo(1);
    assertThat(graph.nodes().get(1).attributes().integer("axis", 0)).isEqualTo(-1);
    assertThat(graph.nodes().get(3).output(0)).isEqualTo("y");
  }

  @Test
  void softmaxOverTheLastAxisStaysOneNode() {
    assertThat(only(11, node("Softmax", "x -> y", attribute("axis", 3))).attributes())
        .hasToString("axis=-1");
    assertThat(only(13, node("Softmax", "x -> y", attribute("axis", 1))).attributes())
        .hasToString("axis=1");
  }

  @Test
  void softmaxBeforeAxesOfSizeOneStaysOneNode() {
    Graph graph = read(11, "y", node("GlobalAveragePool", "x -> p"), node("Softmax", "p -> y"));
    assertThat(graph.nodes()).hasSize(2);
    assertThat(graph.nodes().get(1).attributes()).hasToString("axis=1");
  }

  @Test
  void batchNormalizationLosesItsTrainingOutputs() {
    Node node =
        only(
            9,
            node(
                "BatchNormalization",
                "x four four four four -> y m v sm sv",
                attribute("epsilon", 0.01f),
                attribute("momentum", 0.9f)));
    assertThat(node.outputs()).containsExactly("y");
    assertThat(node.attributes().real("epsilon", 0)).isEqualTo(0.01f);
    assertThatThrownBy(
            () ->
                only(
                    7,
                    node(
                        "BatchNormalization",
                        "x four four four four -> y",
                        attribute("spatial", 0))))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("spatial=0");
  }

  @Test
  void groupNormalizationScalesChannels() {
    Graph graph =
        read(18, "y", node("GroupNormalization", "x two two -> y", attribute("num_groups", 2)));
    Node last = graph.nodes().get(graph.nodes().size() - 1);
    assertThat(last.is("GroupNormalization")).isTrue();
    assertThat(graph.value(last.input(1)).shape()).hasToString("[4]");
    assertThat(graph.value(last.input(2)).shape()).hasToString("[4]");
    assertThat(
            only(21, node("GroupNormalization", "x four four -> y", attribute("num_groups", 2)))
                .inputs())
        .containsExactly("x", "four", "four");
  }

  @Test
  void namesOfModesFollowTheStandard() {
    assertThat(only(16, node("GridSample", "x x -> y")).attributes().text("mode", ""))
        .isEqualTo("linear");
    assertThat(
            only(16, node("GridSample", "x x -> y", attribute("mode", "bicubic")))
                .attributes()
                .text("mode", ""))
        .isEqualTo("cubic");
    assertThat(
            only(10, node("RoiAlign", "x x x -> y"))
                .attributes()
                .text("coordinate_transformation_mode", ""))
        .isEqualTo("output_half_pixel");
    assertThat(only(10, node("Scatter", "x two two -> y")).is("ScatterElements")).isTrue();
  }

  @Test
  void newNamesClashWithNoneThatTheFileHas() {
    Graph graph =
        read(
            11,
            "z",
            node("Squeeze", "x -> y", attribute("axes", new long[] {0})),
            node("Relu", "x -> y_axes_1"),
            node("Add", "y y_axes_1 -> z"));
    assertThat(graph.nodes()).hasSize(3);
    assertThat(graph.nodes().get(0).input(1)).isNotEqualTo("y_axes_1");
  }

  @Test
  void nodesThatLackWhatTheyNeedAreLeftAlone() {
    assertThat(only(9, node("Slice", "x -> y")).inputs()).containsExactly("x");
    assertThat(only(9, node("Pad", "x -> y")).inputs()).containsExactly("x");
    assertThat(only(9, node("Softmax", "-> y")).inputs()).isEmpty();
  }
}
