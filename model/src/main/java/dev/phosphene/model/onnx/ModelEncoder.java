package dev.phosphene.model.onnx;

import com.google.protobuf.ByteString;
import dev.phosphene.graph.Attribute;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.onnx.proto.AttributeProto;
import dev.phosphene.model.onnx.proto.AttributeProto.AttributeType;
import dev.phosphene.model.onnx.proto.GraphProto;
import dev.phosphene.model.onnx.proto.ModelProto;
import dev.phosphene.model.onnx.proto.NodeProto;
import dev.phosphene.model.onnx.proto.OperatorSetIdProto;
import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.model.onnx.proto.TensorShapeProto;
import dev.phosphene.model.onnx.proto.TypeProto;
import dev.phosphene.model.onnx.proto.ValueInfoProto;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** Makes a file's content of a graph. */
final class ModelEncoder {
  /** The version of the file format that came with {@link #OPERATOR_SET}. */
  private static final long IR_VERSION = 10;

  /** The operators that the intermediate representation has, unless a newer one is used. */
  private static final long OPERATOR_SET = 21;

  private static final String PRODUCER = "phosphene";

  private final BiFunction<String, Tensor, TensorProto> constants;
  private final Map<String, Long> operatorSets = new TreeMap<>();

  /**
   * An encoder of one model.
   *
   * @param constants how constants of the main graph are written
   */
  ModelEncoder(BiFunction<String, Tensor, TensorProto> constants) {
    this.constants = constants;
    operatorSets.put("", OPERATOR_SET);
  }

  ModelProto encode(Graph graph, Map<String, String> metadata) {
    GraphProto main = graph(graph, constants);
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName(PRODUCER)
            .setGraph(main.toBuilder().setName(PRODUCER));
    operatorSets.forEach(
        (domain, version) ->
            model.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
    metadata.forEach((key, value) -> model.addMetadataProps(TensorEncoder.entry(key, value)));
    return model.build();
  }

  private GraphProto graph(Graph graph, BiFunction<String, Tensor, TensorProto> tensors) {
    GraphProto.Builder proto = GraphProto.newBuilder().setName("body");
    graph.inputs().forEach(input -> proto.addInput(value(input)));
    graph.outputs().forEach(output -> proto.addOutput(value(graph.value(output))));
    graph.constants().forEach((name, tensor) -> proto.addInitializer(tensors.apply(name, tensor)));
    for (Node node : graph.nodes()) {
      proto.addNode(node(node));
      if (StandardOperators.table().find(node.type()).isEmpty()) {
        // Whoever reads this cannot infer it, as the graph itself could not.
        node.outputs().stream()
            .map(graph::value)
            .filter(value -> value.isPresent() && value.type() != ElementType.UNKNOWN)
            .forEach(value -> proto.addValueInfo(value(value)));
      }
    }
    return proto.build();
  }

  private NodeProto node(Node node) {
    if (Unreadable.is(node)) {
      throw new PhospheneException(Unreadable.describe(node));
    }
    NodeProto.Builder proto =
        NodeProto.newBuilder()
            .setName(node.name())
            .setOpType(node.type().name())
            .setDomain(node.type().domain())
            .addAllInput(node.inputs())
            .addAllOutput(node.outputs());
    node.attributes().values().forEach((name, value) -> proto.addAttribute(attribute(name, value)));
    node.metadata().entrySet().stream()
        .filter(entry -> !entry.getKey().equals(Node.Metadata.OPERATOR_SET))
        .sorted(Map.Entry.comparingByKey()) // the same graph is the same file in every process
        .map(entry -> TensorEncoder.entry(entry.getKey(), entry.getValue()))
        .forEach(proto::addMetadataProps);
    operatorSets.merge(node.type().domain(), operatorSet(node), Math::max);
    return proto.build();
  }

  /** The version that a node needs: its operator's here, or else the one it was written for. */
  private static long operatorSet(Node node) {
    String written = node.metadata().getOrDefault(Node.Metadata.OPERATOR_SET, "1");
    return StandardOperators.table()
        .find(node.type())
        .map(OperatorSpec::since)
        .map(Integer::longValue)
        .orElseGet(() -> Math.max(1, Long.parseLong(written)));
  }

  private AttributeProto attribute(String name, Attribute attribute) {
    AttributeProto.Builder proto = AttributeProto.newBuilder().setName(name);
    if (attribute instanceof Attribute.IntegerValue integer) {
      proto.setType(AttributeType.INT).setI(integer.value());
    } else if (attribute instanceof Attribute.RealValue real) {
      proto.setType(AttributeType.FLOAT).setF(real.value());
    } else if (attribute instanceof Attribute.TextValue text) {
      proto.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(text.value()));
    } else if (attribute instanceof Attribute.TensorValue tensor) {
      proto.setType(AttributeType.TENSOR).setT(TensorEncoder.inline("", tensor.value()));
    } else if (attribute instanceof Attribute.GraphValue body) {
      proto.setType(AttributeType.GRAPH).setG(graph(body.value(), TensorEncoder::inline));
    } else if (attribute instanceof Attribute.Integers integers) {
      proto.setType(AttributeType.INTS);
      for (long value : integers.values()) {
        proto.addInts(value);
      }
    } else if (attribute instanceof Attribute.Reals reals) {
      proto.setType(AttributeType.FLOATS);
      for (float value : reals.values()) {
        proto.addFloats(value);
      }
    } else if (attribute instanceof Attribute.Texts texts) {
      proto.setType(AttributeType.STRINGS);
      texts.values().forEach(value -> proto.addStrings(ByteString.copyFromUtf8(value)));
    } else if (attribute instanceof Attribute.Reference reference) {
      throw new PhospheneException(
          "Attribute \"%s\" refers to \"%s\" of a function that is not there"
              .formatted(name, reference.name()));
    }
    return proto.build();
  }

  private static ValueInfoProto value(Value value) {
    ValueInfoProto.Builder proto = ValueInfoProto.newBuilder().setName(value.name());
    if (value.type() == ElementType.UNKNOWN) {
      return proto.build();
    }
    TypeProto.Tensor.Builder tensor =
        TypeProto.Tensor.newBuilder().setElemType(Emitter.onnxCode(value.type()));
    if (value.shape().isRankKnown()) {
      TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
      value.shape().dimensions().forEach(dimension -> shape.addDim(dimension(dimension)));
      tensor.setShape(shape);
    }
    return proto.setType(TypeProto.newBuilder().setTensorType(tensor)).build();
  }

  private static TensorShapeProto.Dimension dimension(Dimension dimension) {
    TensorShapeProto.Dimension.Builder proto = TensorShapeProto.Dimension.newBuilder();
    String symbol = dimension.symbol();
    if (dimension.isKnown()) {
      proto.setDimValue(dimension.size());
    } else if (symbol != null) {
      proto.setDimParam(symbol);
    }
    return proto.build();
  }
}
