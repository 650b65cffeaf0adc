package dev.phosphene.model.onnx;

import static dev.phosphene.model.onnx.Protos.attribute;
import static dev.phosphene.model.onnx.Protos.counting;
import static dev.phosphene.model.onnx.Protos.graph;
import static dev.phosphene.model.onnx.Protos.model;
import static dev.phosphene.model.onnx.Protos.node;
import static dev.phosphene.model.onnx.Protos.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.onnx.proto.GraphProto;
import dev.phosphene.model.onnx.proto.ModelProto;
import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.model.onnx.proto.ValueInfoProto;
import dev.phosphene.tensor.FileRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxWriterTest {
  @TempDir Path folder;
  @TempDir Path output;
  private Graph graph;

  @BeforeEach
  void readAGraphOfEverything() {
    GraphProto.Builder body =
        GraphProto.newBuilder()
            .addNode(node("Add", "x k -> sum"))
            .addInitializer(counting("k", 1))
            .addOutput(ValueInfoProto.newBuilder().setName("sum"));
    graph =
        Protos.read(
                folder,
                model(
                        21,
                        graph(
                                new long[] {-1, 3, 8, 8},
                                "y",
                                node("If", "flag -> c", attribute("then_branch", body)),
                                node(
                                        "Conv",
                                        "c w _ -> v",
                                        attribute("pads", new long[] {1, 1, 1, 1}),
                                        attribute("auto_pad", "NOTSET"))
                                    .setName("/conv/Conv")
                                    .addMetadataProps(Protos.entry("note", "kept")),
                                node(
                                        "Own",
                                        "v small -> y",
                                        attribute("reals", new float[] {1, 2}),
                                        attribute("real", 0.5f),
                                        attribute("tensor", counting("", 2)))
                                    .setDomain("com.example"))
                            .addInput(value("flag", 9))
                            .addInitializer(counting("small", 2))
                            .addInitializer(counting("w", 40, 3, 3, 3)))
                    .addOpsetImport(Protos.operatorSet("com.example", 3)))
            .graph();
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    Path file = output.resolve("again.onnx");
    OnnxWriter.write(graph, Map.of("phosphene.labels", "a\nb"), file);
    OnnxModel again = OnnxReader.read(file);
    assertThat(again.graph()).hasToString(graph.toString());
    assertThat(again.graph().nodes().get(1).metadata()).containsEntry("note", "kept");
    assertThat(again.graph().constants().get("w").toFloats())
        .containsExactly(graph.constants().get("w").toFloats());
    assertThat(again.metadata()).containsEntry("phosphene.labels", "a\nb");
    assertThat(again.operatorSets()).containsEntry("", 21L).containsEntry("com.example", 3L);
    assertThat(files()).containsExactly("again.onnx");
  }

  @Test
  void largeGraphsHaveTheirDataBesideThem() throws IOException {
    Path file = output.resolve("large.onnx");
    OnnxWriter.writeWithData(graph, Map.of(), file);
    assertThat(files()).containsExactlyInAnyOrder("large.onnx", "large.onnx.data");
    OnnxModel again = OnnxReader.read(file);
    assertThat(again.graph().constants().get("w").toFloats())
        .containsExactly(graph.constants().get("w").toFloats());
    assertThat(again.graph()).hasToString(graph.toString());
  }

  @Test
  void detachedModelsDeclareLargeConstantsOnly() throws IOException {
    OnnxWriter.Detached detached = OnnxWriter.detach(graph);
    assertThat(detached.weights()).isEmpty();
    assertThat(detached.model().length).isLessThan(2_000);
    TensorProto declared = declaredWeight(detached);
    assertThat(declared.getDataLocation()).isEqualTo(TensorProto.DataLocation.EXTERNAL);
    FileRegion region = graph.constants().get("w").origin().orElseThrow();
    Path folder = detached.folder().orElseThrow();
    assertThat(folder.resolve(declared.getExternalData(0).getValue()))
        .isEqualTo(region.file().path());
    assertThat(declared.getExternalData(1).getValue()).isEqualTo(Long.toString(region.offset()));
    byte[] file = Files.readAllBytes(region.file().path());
    ByteBuffer bytes = graph.constants().get("w").bytes();
    assertThat(ByteBuffer.wrap(file, (int) region.offset(), bytes.remaining())).isEqualTo(bytes);
    assertThat(declared.getDimsList()).containsExactly(40L, 3L, 3L, 3L);
  }

  /** Its mapping still has the bytes that were read. */
  @Test
  void weightsOfAFileThatWasReplacedAreHandedOverFromMemory() throws IOException {
    Path file = graph.constants().get("w").origin().orElseThrow().file().path();
    Files.copy(file, output.resolve("other"));
    Files.move(output.resolve("other"), file, StandardCopyOption.REPLACE_EXISTING);
    OnnxWriter.Detached detached = OnnxWriter.detach(graph);
    assertThat(detached.folder()).isEmpty();
    assertThat(detached.weights()).containsOnlyKeys("w");
    assertThat(detached.weights().get("w")).isSameAs(graph.constants().get("w"));
    assertThat(declaredWeight(detached).getExternalData(0).getValue()).isEqualTo("w");
  }

  private static TensorProto declaredWeight(OnnxWriter.Detached detached) throws IOException {
    return ModelProto.parseFrom(detached.model()).getGraph().getInitializerList().stream()
        .filter(tensor -> tensor.getName().equals("w"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void newerOperatorsRaiseTheVersion() throws IOException {
    Graph newer =
        Protos.read(folder, model(24, graph(new long[] {2}, "y", node("FutureOperator", "x -> y"))))
            .graph();
    ModelProto model = ModelProto.parseFrom(OnnxWriter.detach(newer).model());
    assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(24);
  }

  @Test
  void nothingAppearsWhereWritingFails() throws IOException {
    Path taken = Files.createDirectory(output.resolve("taken.onnx"));
    for (Path file : List.of(taken, output.resolve("no/such/folder.onnx"))) {
      assertThatThrownBy(() -> OnnxWriter.write(graph, file))
          .isInstanceOf(PhospheneException.class)
          .hasMessageStartingWith("Cannot write " + file)
          .message()
          .doesNotContain("\n");
    }
    assertThat(files()).containsExactly("taken.onnx");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(output)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }
}
