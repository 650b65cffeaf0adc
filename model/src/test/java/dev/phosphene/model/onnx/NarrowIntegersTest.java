package dev.phosphene.model.onnx;

import static dev.phosphene.model.onnx.Protos.attribute;
import static dev.phosphene.model.onnx.Protos.graph;
import static dev.phosphene.model.onnx.Protos.model;
import static dev.phosphene.model.onnx.Protos.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.onnx.proto.NodeProto;
import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NarrowIntegersTest {
  private static final int UINT4 = 21;
  private static final int INT4 = 22;
  private static final int UINT2 = 25;

  @TempDir Path folder;

  private static TensorProto.Builder raw(int type, byte[] bytes, long... sizes) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(type)
            .setRawData(ByteString.copyFrom(bytes));
    for (long size : sizes) {
      tensor.addDims(size);
    }
    return tensor;
  }

  private Graph read(TensorProto.Builder weights, NodeProto.Builder node) {
    return Protos.read(
            folder, model(21, graph(new long[] {2, 3}, "y", node).addInitializer(weights)))
        .graph();
  }

  private Tensor weights(TensorProto.Builder weights) {
    return read(weights, node("DequantizeLinear", "w x -> y")).constants().get("w");
  }

  @Test
  void theFirstLiesInTheLowestBits() {
    Tensor unsigned = weights(raw(UINT4, new byte[] {0x21, (byte) 0xF3, 0x05}, 5));
    assertThat(unsigned.type()).isEqualTo(ElementType.UINT8);
    assertThat(unsigned.toLongs()).containsExactly(1, 2, 3, 15, 5);
    Tensor signed = weights(raw(INT4, new byte[] {0x21, (byte) 0xF8}, 2, 2));
    assertThat(signed.type()).isEqualTo(ElementType.INT8);
    assertThat(signed.toLongs()).containsExactly(1, 2, -8, -1);
    assertThat(weights(raw(UINT2, new byte[] {(byte) 0b11100100}, 4)).toLongs())
        .containsExactly(0, 1, 2, 3);
  }

  @Test
  void typedFieldsHoldBytes() {
    TensorProto.Builder typed = TensorProto.newBuilder().setName("w").setDataType(INT4).addDims(3);
    typed.addInt32Data(0x21).addInt32Data(0x0F);
    assertThat(weights(typed).toLongs()).containsExactly(1, 2, -1);
  }

  @Test
  void lengthsMustFit() {
    assertThatThrownBy(() -> weights(raw(INT4, new byte[] {1, 2}, 5)))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("\"w\"");
    assertThatThrownBy(() -> weights(raw(INT4, new byte[] {1, 2}, -5)))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("size of -5");
  }

  @Test
  void roundingToThemIsRefused() {
    Graph graph = read(raw(INT4, new byte[] {0}), node("QuantizeLinear", "x x w -> y"));
    assertThat(Unreadable.is(graph.nodes().get(0))).isTrue();
    assertThat(Unreadable.describe(graph.nodes().get(0))).contains("less than 8 bits");
  }

  @Test
  void rowsAreChosenBeforeTheyAreScaled() {
    NodeProto.Builder lookup =
        node("GatherBlockQuantized", "w x x -> y", attribute("block_size", 16L))
            .setDomain("com.microsoft");
    Graph graph = read(raw(INT4, new byte[2 * 16], 2, 32), lookup);
    List<Node> nodes = graph.nodes();
    assertThat(nodes)
        .extracting(node -> node.type().name())
        .containsExactly("Gather", "Gather", "DequantizeLinear");
    assertThat(nodes.get(2).attributes().integer("block_size", 0)).isEqualTo(16);
    assertThat(nodes.get(2).attributes().integer("axis", 0)).isEqualTo(-1);
  }
}
