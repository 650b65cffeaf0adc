package dev.phosphene.model.onnx;

import static dev.phosphene.model.onnx.Protos.attribute;
import static dev.phosphene.model.onnx.Protos.counting;
import static dev.phosphene.model.onnx.Protos.graph;
import static dev.phosphene.model.onnx.Protos.model;
import static dev.phosphene.model.onnx.Protos.node;
import static dev.phosphene.model.onnx.Protos.read;
import static dev.phosphene.model.onnx.Protos.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.model.onnx.proto.AttributeProto;
import dev.phosphene.model.onnx.proto.AttributeProto.AttributeType;
import dev.phosphene.model.onnx.proto.GraphProto;
import dev.phosphene.model.onnx.proto.SparseTensorProto;
import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.model.onnx.proto.ValueInfoProto;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxReaderTest {
  private static final long[] IMAGES = {-1, 3, 8, 8};

  @TempDir Path folder;

  @Test
  void nodesConstantsAndSymbolicDimensionsAreRead() {
    OnnxModel model =
        read(
            folder,
            model(
                    17,
                    graph(IMAGES, "y", node("Relu", "x -> r").setName("/relu/Relu"))
                        .addNode(node("Add", "r w -> y"))
                        .addInitializer(counting("w", 3, 1, 1)))
                .addMetadataProps(Protos.entry("phosphene.range", "0 1")));
    Graph graph = model.graph();
    assertThat(graph.inputs()).hasSize(1);
    assertThat(graph.value("x").shape()).hasToString("[N, 3, 8, 8]");
    assertThat(graph.value("y").shape()).hasToString("[N, 3, 8, 8]");
    assertThat(graph.nodes()).extracting(Node::name).containsExactly("/relu/Relu", "");
    assertThat(graph.nodes().get(0).metadata()).containsEntry(Node.Metadata.OPERATOR_SET, "17");
    assertThat(graph.constants().get("w").toFloats()).containsExactly(0, 1, 2);
    assertThat(model.metadata()).containsEntry("phosphene.range", "0 1");
    assertThat(model.producer()).isEqualTo("test");
  }

  @Test
  void weightsStayInTheMapping() {
    Graph graph =
        read(
                folder,
                model(
                    17,
                    graph(IMAGES, "y", node("Add", "x w -> y"))
                        .addInitializer(counting("w", 3, 1, 1))))
            .graph();
    assertThat(graph.constants().get("w").bytes().isDirect()).isTrue();
  }

  @Test
  void initializersThatAreInputsTooAreConstants() {
    Graph graph =
        read(
                folder,
                model(
                    17,
                    graph(IMAGES, "y", node("Add", "x w -> y"))
                        .addInput(value("w", 1, 3, 1, 1))
                        .addInitializer(counting("w", 3, 1, 1))))
            .graph();
    assertThat(graph.inputs()).extracting(Value::name).containsExactly("x");
    assertThat(graph.constants()).containsOnlyKeys("w");
  }

  @Test
  void everyFormOfConstantNodeBecomesAConstant() {
    Graph graph =
        read(
                folder,
                model(
                    17,
                    graph(
                        IMAGES,
                        "x",
                        node("Constant", "-> tensor", attribute("value", counting("", 2))),
                        node("Constant", "-> integer", attribute("value_int", 5)),
                        node("Constant", "-> integers", attribute("value_ints", new long[] {1, 2})),
                        node("Constant", "-> real", attribute("value_float", 0.5f)),
                        node("Constant", "-> reals", attribute("value_floats", new float[] {3})))))
            .graph();
    assertThat(graph.nodes()).isEmpty();
    assertThat(graph.constants().get("tensor").toFloats()).containsExactly(0, 1);
    assertThat(graph.constants().get("integer").getLong(0)).isEqualTo(5);
    assertThat(graph.constants().get("integer").rank()).isZero();
    assertThat(graph.constants().get("integers").toLongs()).containsExactly(1, 2);
    assertThat(graph.constants().get("real").getDouble(0)).isEqualTo(0.5);
    assertThat(graph.constants().get("reals").sizes()).containsExactly(1);
  }

  @Test
  void typedDataOfEveryTypeIsRead() {
    GraphProto.Builder graph = graph(IMAGES, "x");
    typed(graph, 1).addFloatData(7);
    typed(graph, 2).addInt32Data(7);
    typed(graph, 3).addInt32Data(7);
    typed(graph, 4).addInt32Data(7);
    typed(graph, 5).addInt32Data(7);
    typed(graph, 6).addInt32Data(7);
    typed(graph, 7).addInt64Data(7);
    typed(graph, 9).addInt32Data(1);
    typed(graph, 10).addInt32Data(0x4700);
    typed(graph, 11).addDoubleData(7);
    typed(graph, 12).addUint64Data(7);
    typed(graph, 13).addUint64Data(7);
    typed(graph, 16).addInt32Data(0x40E0);
    Graph read = read(folder, model(17, graph)).graph();
    assertThat(read.constants()).hasSize(13);
    read.constants()
        .forEach(
            (name, tensor) ->
                assertThat(tensor.getDouble(0))
                    .as(name + " " + tensor)
                    .isEqualTo(tensor.type() == ElementType.BOOL ? 1 : 7));
    assertThat(read.constants().values().stream().map(Tensor::type).distinct()).hasSize(13);
  }

  private static TensorProto.Builder typed(GraphProto.Builder graph, int type) {
    return graph.addInitializerBuilder().setName("t" + type).setDataType(type).addDims(1);
  }

  @Test
  void nodesOutOfOrderAreSorted() {
    Graph graph =
        read(
                folder,
                model(
                    17,
                    graph(
                        IMAGES,
                        "c",
                        node("Relu", "b -> c"),
                        node("Relu", "x -> a"),
                        node("Relu", "a -> b"))))
            .graph();
    assertThat(graph.nodes()).extracting(n -> n.output(0)).containsExactly("a", "b", "c");
  }

  @Test
  void cyclesAreRefused() {
    assertThatThrownBy(
            () ->
                read(
                    folder,
                    model(17, graph(IMAGES, "b", node("Add", "x b -> a"), node("Relu", "a -> b")))))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("circle");
  }

  @Test
  void valuesThatNobodyDefinesAreNamed() {
    assertThatThrownBy(
            () -> read(folder, model(17, graph(IMAGES, "y", node("Add", "x missing -> y")))))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("\"missing\"")
        .hasMessageContaining("Add");
    assertThatThrownBy(() -> read(folder, model(17, graph(IMAGES, "nothing"))))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("\"nothing\"");
  }

  @Test
  void twoValuesOfOneNameAreRefused() {
    assertThatThrownBy(
            () ->
                read(
                    folder,
                    model(17, graph(IMAGES, "y", node("Relu", "x -> y"), node("Exp", "x -> y")))))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("\"y\"");
  }

  @Test
  void unknownOperatorsAndContradictionsDoNotHinderReading() {
    Graph graph =
        read(
                folder,
                model(
                    17,
                    graph(
                            IMAGES,
                            "y",
                            node("NoSuchOperator", "x -> odd"),
                            node("Custom", "x -> own").setDomain("com.example"),
                            node("Add", "x bad -> contradiction"),
                            node("Conv", "bad bad bad -> worse"),
                            node("Relu", "x -> y"))
                        .addInitializer(counting("bad", 7))
                        .addValueInfo(value("own", 1, 5, 5))))
            .graph();
    assertThat(graph.value("odd").shape().isRankKnown()).isFalse();
    assertThat(graph.value("own").shape()).hasToString("[5, 5]");
    assertThat(graph.value("contradiction").shape().isRankKnown()).isFalse();
    assertThat(graph.value("y").shape()).hasToString("[N, 3, 8, 8]");
  }

  @Test
  void textAndSparseConstantsHinderOnlyThoseWhoNeedThem() {
    GraphProto.Builder graph =
        graph(IMAGES, "y", node("Relu", "x -> y"), node("Add", "x sparse -> z"))
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("text")
                    .setDataType(8)
                    .addDims(1)
                    .addStringData(ByteString.copyFromUtf8("cat")))
            .addSparseInitializer(
                SparseTensorProto.newBuilder().setValues(counting("sparse", 2)).addDims(9));
    Graph read = read(folder, model(17, graph)).graph();
    assertThat(OnnxWriter.detach(read.reaching(List.of("y"))).model()).isNotEmpty();
    assertThatThrownBy(() -> OnnxWriter.detach(read.reaching(List.of("z"))))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("\"sparse\"")
        .hasMessageContaining("sparse tensor");
  }

  @Test
  void bodiesOfControlFlowReadValuesAroundThem() {
    GraphProto.Builder then =
        GraphProto.newBuilder()
            .addNode(node("Add", "x w -> sum"))
            .addInitializer(counting("w", 1))
            .addOutput(ValueInfoProto.newBuilder().setName("sum"));
    GraphProto.Builder otherwise =
        GraphProto.newBuilder().addOutput(ValueInfoProto.newBuilder().setName("x"));
    Graph graph =
        read(
                folder,
                model(
                    17,
                    graph(
                            IMAGES,
                            "y",
                            node(
                                "If",
                                "flag -> y",
                                attribute("then_branch", then),
                                attribute("else_branch", otherwise)))
                        .addInput(value("flag", 9))))
            .graph();
    Graph body = graph.nodes().get(0).attributes().graph("then_branch").orElseThrow();
    assertThat(body.captures()).containsExactly("x");
    assertThat(graph.reaching(List.of("y")).inputs()).hasSize(2);
  }

  @Test
  void hugeSizesAreRefused() {
    for (long[] sizes : List.of(new long[] {1L << 62, 1L << 62}, new long[] {-5})) {
      TensorProto.Builder tensor = TensorProto.newBuilder().setName("w").setDataType(1);
      for (long size : sizes) {
        tensor.addDims(size);
      }
      assertThatThrownBy(() -> read(folder, model(17, graph(IMAGES, "x").addInitializer(tensor))))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("\"w\"");
    }
  }

  @Test
  void deepNestingIsRefused() {
    GraphProto.Builder nested = GraphProto.newBuilder();
    for (int depth = 0; depth < 200; depth++) {
      nested =
          GraphProto.newBuilder().addNode(node("If", "x ->", attribute("then_branch", nested)));
    }
    GraphProto.Builder deepest = nested;
    assertThatThrownBy(() -> read(folder, model(17, deepest)))
        .isInstanceOf(PhospheneException.class);
  }

  @Test
  void oldAndNewVersionsAreToldApart() {
    assertThatThrownBy(() -> read(folder, model(6, graph(IMAGES, "x"))))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("version 6");
    assertThatThrownBy(() -> read(folder, model(7, graph(IMAGES, "x")).setIrVersion(2)))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("version 2");
    assertThat(read(folder, model(99, graph(IMAGES, "y", node("Relu", "x -> y")))).graph().nodes())
        .hasSize(1);
  }

  @Test
  void attributesWithoutATypeAreReadByTheirField() {
    AttributeProto.Builder axis = AttributeProto.newBuilder().setName("axis").setI(2);
    Node node =
        read(folder, model(13, graph(IMAGES, "y", node("Softmax", "x -> y", axis))))
            .graph()
            .nodes()
            .get(0);
    assertThat(node.attributes().integer("axis", 0)).isEqualTo(2);
  }

  @Test
  void kindsOfAttributesThatAreUnknownAreToldWhenNeeded() {
    AttributeProto.Builder type =
        AttributeProto.newBuilder().setName("type").setType(AttributeType.TYPE_PROTO);
    Graph graph =
        read(folder, model(17, graph(IMAGES, "y", node("Optional", "x -> y", type)))).graph();
    assertThatThrownBy(() -> OnnxWriter.detach(graph))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("Optional");
  }

  @Test
  void manyNodesAreReadInReasonableTime() {
    GraphProto.Builder graph = graph(IMAGES, "v20000");
    graph.addNode(node("Relu", "x -> v0"));
    IntStream.rangeClosed(1, 20_000)
        .forEach(i -> graph.addNode(node("Add", "v" + (i - 1) + " x -> v" + i)));
    assertThat(read(folder, model(17, graph)).graph().nodes()).hasSize(20_001);
  }
}
