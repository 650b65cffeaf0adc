package dev.phosphene.model.onnx;

import com.google.protobuf.ByteString;
import dev.phosphene.model.onnx.proto.AttributeProto;
import dev.phosphene.model.onnx.proto.AttributeProto.AttributeType;
import dev.phosphene.model.onnx.proto.GraphProto;
import dev.phosphene.model.onnx.proto.ModelProto;
import dev.phosphene.model.onnx.proto.NodeProto;
import dev.phosphene.model.onnx.proto.OperatorSetIdProto;
import dev.phosphene.model.onnx.proto.StringStringEntryProto;
import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.model.onnx.proto.TensorShapeProto;
import dev.phosphene.model.onnx.proto.TypeProto;
import dev.phosphene.model.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Writes parts of ONNX files for tests, as briefly as one thinks them. */
public final class Protos {
  private Protos() {}

  /** A model of this graph, for this version of the standard operators. */
  public static ModelProto.Builder model(long operatorSet, GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setProducerName("test")
        .setGraph(graph)
        .addOpsetImport(operatorSet("", operatorSet));
  }

  public static OperatorSetIdProto operatorSet(String domain, long version) {
    return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
  }

  /** A graph of one float32 input "x" of a shape, -1 for "N", and one output. */
  public static GraphProto.Builder graph(long[] shape, String output, NodeProto.Builder... nodes) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
    graph.addInput(value("x", 1, shape));
    graph.addOutput(ValueInfoProto.newBuilder().setName(output));
    Arrays.stream(nodes).forEach(graph::addNode);
    return graph;
  }

  public static ValueInfoProto value(String name, int elementType, long... shape) {
    TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
    for (long size : shape) {
      dimensions.addDim(
          size < 0
              ? TensorShapeProto.Dimension.newBuilder().setDimParam("N")
              : TensorShapeProto.Dimension.newBuilder().setDimValue(size));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(elementType).setShape(dimensions)))
        .build();
  }

  /** A node with inputs before "->" and outputs after it, names between spaces. */
  public static NodeProto.Builder node(
      String operator, String names, AttributeProto.Builder... attributes) {
    List<String> sides = List.of(names.split("->", 2));
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(operator);
    names(sides.get(0)).forEach(node::addInput);
    names(sides.get(1)).forEach(node::addOutput);
    Arrays.stream(attributes).forEach(node::addAttribute);
    return node;
  }

  private static List<String> names(String text) {
    return Arrays.stream(text.strip().split(" +", -1))
        .filter(name -> !name.isEmpty())
        .map(name -> name.equals("_") ? "" : name)
        .toList();
  }

  public static AttributeProto.Builder attribute(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value);
  }

  public static AttributeProto.Builder attribute(String name, float value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOAT).setF(value);
  }

  public static AttributeProto.Builder attribute(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value));
  }

  public static AttributeProto.Builder attribute(String name, long[] values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    Arrays.stream(values).forEach(attribute::addInts);
    return attribute;
  }

  public static AttributeProto.Builder attribute(String name, float[] values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOATS);
    for (float value : values) {
      attribute.addFloats(value);
    }
    return attribute;
  }

  public static AttributeProto.Builder attribute(String name, TensorProto.Builder value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.TENSOR).setT(value);
  }

  public static AttributeProto.Builder attribute(String name, GraphProto.Builder value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.GRAPH).setG(value);
  }

  /** An attribute that takes the value of an argument of the function around it. */
  public static AttributeProto.Builder reference(String name, AttributeType type, String argument) {
    return AttributeProto.newBuilder().setName(name).setType(type).setRefAttrName(argument);
  }

  /** A float32 tensor 0, 1, 2, ... with raw data. */
  public static TensorProto.Builder counting(String name, long... sizes) {
    int elements = (int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    ByteBuffer data = ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      data.putFloat(i);
    }
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(1);
    Arrays.stream(sizes).forEach(tensor::addDims);
    return tensor.setRawData(ByteString.copyFrom(data.flip()));
  }

  /** A float32 tensor whose elements another file has; entries are alternating keys and values. */
  public static TensorProto.Builder external(String name, long size, String... entries) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(1)
            .addDims(size)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL);
    for (int i = 0; i < entries.length; i += 2) {
      tensor.addExternalData(
          StringStringEntryProto.newBuilder().setKey(entries[i]).setValue(entries[i + 1]));
    }
    return tensor;
  }

  public static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  public static Path write(Path folder, ModelProto.Builder model) {
    try {
      Path file = Files.createTempFile(folder, "model", ".onnx");
      Files.write(file, model.build().toByteArray());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a model and reads it again. */
  static OnnxModel read(Path folder, ModelProto.Builder model) {
    return OnnxReader.read(write(folder, model));
  }
}
