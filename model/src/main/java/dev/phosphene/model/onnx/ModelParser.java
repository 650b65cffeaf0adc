package dev.phosphene.model.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.onnx.proto.GraphProto;
import dev.phosphene.model.onnx.proto.ModelProto;
import dev.phosphene.model.onnx.proto.TensorProto;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses a mapped model file without copying its weights.
 *
 * <p>Protocol Buffers for Java copies every field of bytes onto the heap. So the way from the file
 * to the elements of its initializers is walked here, they are left where they are mapped, and
 * Protocol Buffers parses the rest.
 *
 * @param model the file without its graph
 * @param graph the main graph without its initializers
 * @param initializers the main graph's initializers
 */
record ModelParser(ModelProto model, GraphProto graph, List<Initializer> initializers) {
  private static final int GRAPH_OF_MODEL = ModelProto.GRAPH_FIELD_NUMBER;
  private static final int INITIALIZER_OF_GRAPH = GraphProto.INITIALIZER_FIELD_NUMBER;
  private static final int RAW_DATA_OF_TENSOR = TensorProto.RAW_DATA_FIELD_NUMBER;

  /**
   * A named constant.
   *
   * @param tensor its name, type and shape, and its elements if these are not raw
   * @param raw its elements; null where the tensor or another file has them
   * @param isMapped whether {@code raw} is a part of the mapped file, its position that in the file
   */
  record Initializer(TensorProto tensor, @Nullable ByteBuffer raw, boolean isMapped) {
    static Initializer of(TensorProto tensor) {
      return new Initializer(
          tensor, tensor.hasRawData() ? tensor.getRawData().asReadOnlyByteBuffer() : null, false);
    }
  }

  /**
   * Parses a file's content.
   *
   * @throws PhospheneException where it is not a model, or is damaged
   */
  static ModelParser parse(ByteBuffer content) {
    try {
      List<Initializer> initializers = new ArrayList<>();
      GraphProto.Builder graph = GraphProto.newBuilder();
      WireFields fields = new WireFields(content);
      boolean hasGraph = false;
      while (fields.next()) {
        if (fields.isBytes(GRAPH_OF_MODEL)) {
          hasGraph = true;
          graph.mergeFrom(graph(fields.payload(), initializers));
        } else {
          fields.keep();
        }
      }
      ModelProto model = ModelProto.parseFrom(fields.kept());
      if (!hasGraph || !model.hasIrVersion()) {
        throw new PhospheneException("it is not an ONNX file, or is damaged (it holds no graph)");
      }
      return new ModelParser(model, graph.build(), initializers);
    } catch (InvalidProtocolBufferException e) {
      throw WireFields.damaged();
    }
  }

  private static byte[] graph(ByteBuffer content, List<Initializer> initializers)
      throws InvalidProtocolBufferException {
    WireFields fields = new WireFields(content);
    while (fields.next()) {
      if (fields.isBytes(INITIALIZER_OF_GRAPH)) {
        initializers.add(initializer(fields.payload()));
      } else {
        fields.keep();
      }
    }
    return fields.kept();
  }

  private static Initializer initializer(ByteBuffer content) throws InvalidProtocolBufferException {
    WireFields fields = new WireFields(content);
    ByteBuffer raw = null;
    while (fields.next()) {
      if (fields.isBytes(RAW_DATA_OF_TENSOR)) {
        raw = fields.payload();
      } else {
        fields.keep();
      }
    }
    return new Initializer(TensorProto.parseFrom(fields.kept()), raw, raw != null);
  }
}
