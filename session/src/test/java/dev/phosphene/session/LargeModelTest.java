package dev.phosphene.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phosphene.graph.Graph;
import dev.phosphene.model.LayerTable;
import dev.phosphene.model.Model;
import dev.phosphene.model.onnx.proto.GraphProto;
import dev.phosphene.model.onnx.proto.ModelProto;
import dev.phosphene.model.onnx.proto.NodeProto;
import dev.phosphene.model.onnx.proto.OperatorSetIdProto;
import dev.phosphene.model.onnx.proto.StringStringEntryProto;
import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.model.onnx.proto.TensorShapeProto;
import dev.phosphene.model.onnx.proto.TypeProto;
import dev.phosphene.model.onnx.proto.ValueInfoProto;
import dev.phosphene.session.cache.SessionCache;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model of more than 2 GB: a small product, then three large ones. Its external data is a file of
 * holes, which costs nothing unless it is read.
 */
class LargeModelTest {
  private static final int SMALL = 64;
  private static final int LARGE = 16_384;
  private static final long LARGE_BYTES = 4L * LARGE * LARGE;

  /** What the kernel maps around a page that is touched, and the small weight. */
  private static final long FEW_BYTES = 8L << 20;

  @TempDir Path folder;
  private Path data;
  private Path file;

  @BeforeEach
  void writeModel() throws IOException {
    data = folder.resolve("large.onnx.data");
    file = folder.resolve("large.onnx");
    GraphProto.Builder graph = GraphProto.newBuilder().setName("large");
    graph.addInput(value("x", 1, SMALL)).addOutput(value("y5", 1, LARGE));
    long end = 4096;
    end = product(graph, 1, SMALL, SMALL, end);
    end = product(graph, 2, SMALL, LARGE, end);
    end = product(graph, 3, LARGE, LARGE, end);
    end = product(graph, 4, LARGE, LARGE, end);
    end = product(graph, 5, LARGE, LARGE, end);
    try (FileChannel channel =
        FileChannel.open(
            data,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE)) {
      ByteBuffer identity = ByteBuffer.allocate(4 * SMALL * SMALL).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < SMALL; i++) {
        identity.putFloat(4 * (i * SMALL + i), 2);
      }
      channel.write(identity, 4096);
      channel.write(ByteBuffer.allocate(1), end - 1);
    }
    assertThat(Files.size(data)).isGreaterThan(3 * LARGE_BYTES).isGreaterThan(2L << 30);
    Files.write(
        file,
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph)
            .build()
            .toByteArray());
  }

  @Test
  void openingAndListingReadNoWeights() throws IOException {
    Model model = Model.open(file);
    LayerTable layers = model.layers();
    assertThat(layers.find("/fc5/Gemm").output()).isEqualTo("y5");
    assertThat(model.graph().constants().get("w5").bytes().remaining()).isEqualTo(LARGE_BYTES);
    assertThat(residentBytes()).isLessThan(FEW_BYTES);
  }

  @Test
  void earlyLayersReadNothingOfWhatComesAfter() throws IOException {
    requireSmall(SessionSettings.SMALL);
  }

  @Test
  void nothingOfItsWeightsIsKeptASecondTime() throws IOException {
    Path kept = folder.resolve("kept");
    SessionSettings cached =
        SessionSettings.SMALL.withCache(SessionCache.in(kept, Assertions::fail));
    requireSmall(cached);
    requireSmall(cached);
    try (Stream<Path> files = Files.list(kept)) {
      assertThat(files)
          .singleElement()
          .satisfies(each -> assertThat(Files.size(each)).isLessThan(4096));
    }
  }

  private void requireSmall(SessionSettings settings) throws IOException {
    Graph early = Model.open(file).graph().reaching(List.of("y1"));
    float[] input = new float[SMALL];
    input[3] = 1.5f;
    try (Session session = Session.compile(early, settings)) {
      Map<String, Tensor> results = session.run(Map.of("x", Tensor.of(input, 1, SMALL)));
      assertThat(results.get("y1").getDouble(3)).isEqualTo(3);
      assertThat(results.get("y1").getDouble(4)).isZero();
      assertThat(residentBytes()).isLessThan(FEW_BYTES);
    }
  }

  /** Adds y(i) = y(i-1) W, and returns where its weight ends. */
  private long product(GraphProto.Builder graph, int number, int rows, int columns, long offset) {
    long bytes = 4L * rows * columns;
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Gemm")
            .setName("/fc" + number + "/Gemm")
            .addInput(number == 1 ? "x" : "y" + (number - 1))
            .addInput("w" + number)
            .addOutput("y" + number));
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName("w" + number)
            .setDataType(1)
            .addDims(rows)
            .addDims(columns)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(entry("location", String.valueOf(data.getFileName())))
            .addExternalData(entry("offset", Long.toString(offset)))
            .addExternalData(entry("length", Long.toString(bytes))));
    return offset + bytes;
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static ValueInfoProto value(String name, long... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape)))
        .build();
  }

  /** How much of the data file is in the memory of this process, as Linux counts it. */
  private long residentBytes() throws IOException {
    Path mappings = Path.of("/proc/self/smaps");
    assumeTrue(Files.isReadable(mappings), "only Linux says what is resident");
    long kilobytes = 0;
    boolean isData = false;
    for (String line : Files.readAllLines(mappings)) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        isData = line.endsWith(String.valueOf(data.getFileName()));
      } else if (isData && line.startsWith("Rss:")) {
        kilobytes += Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return kilobytes << 10;
  }
}
