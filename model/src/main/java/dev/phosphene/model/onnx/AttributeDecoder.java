package dev.phosphene.model.onnx;

import com.google.protobuf.ByteString;
import dev.phosphene.graph.Attribute;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.model.onnx.proto.AttributeProto;
import dev.phosphene.model.onnx.proto.AttributeProto.AttributeType;
import dev.phosphene.model.onnx.proto.GraphProto;
import dev.phosphene.model.onnx.proto.NodeProto;
import dev.phosphene.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Attributes of nodes, with references to arguments of functions resolved. */
final class AttributeDecoder {
  private final TensorDecoder tensors;
  private final BiFunction<GraphProto, Scope, Graph> bodies;

  /**
   * A decoder.
   *
   * @param bodies makes the graphs that attributes hold
   */
  AttributeDecoder(TensorDecoder tensors, BiFunction<GraphProto, Scope, Graph> bodies) {
    this.tensors = tensors;
    this.bodies = bodies;
  }

  /** All attributes of a node; empty where one is of a kind that is not known here. */
  Optional<Attributes> decode(NodeProto node, Scope scope) {
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    for (AttributeProto proto : node.getAttributeList()) {
      Optional<AttributeProto> resolved = scope.resolve(proto);
      if (resolved.isPresent()) {
        Optional<Attribute> attribute = decode(resolved.get(), scope);
        if (attribute.isEmpty()) {
          return Optional.empty();
        }
        attributes.put(proto.getName(), attribute.get());
      }
    }
    return Optional.of(new Attributes(attributes));
  }

  private Optional<Attribute> decode(AttributeProto proto, Scope scope) {
    Attribute attribute =
        switch (kind(proto)) {
          case FLOAT -> new Attribute.RealValue(proto.getF());
          case INT -> new Attribute.IntegerValue(proto.getI());
          case STRING -> new Attribute.TextValue(proto.getS().toStringUtf8());
          case FLOATS -> {
            float[] values = new float[proto.getFloatsCount()];
            for (int i = 0; i < values.length; i++) {
              values[i] = proto.getFloats(i);
            }
            yield new Attribute.Reals(values);
          }
          case INTS ->
              new Attribute.Integers(
                  proto.getIntsList().stream().mapToLong(Long::longValue).toArray());
          case STRINGS ->
              new Attribute.Texts(
                  proto.getStringsList().stream().map(ByteString::toStringUtf8).toList());
          case TENSOR -> {
            Optional<Tensor> tensor = tensors.decode(proto.getName(), proto.getT());
            yield tensor.isPresent() ? new Attribute.TensorValue(tensor.get()) : null;
          }
          case GRAPH -> new Attribute.GraphValue(bodies.apply(proto.getG(), scope));
          case UNDEFINED, TENSORS, GRAPHS, SPARSE_TENSOR, SPARSE_TENSORS, TYPE_PROTO, TYPE_PROTOS ->
              null;
        };
    return Optional.ofNullable(attribute);
  }

  /** The kind of an attribute; some writers do not say it, but fill one field only. */
  private static AttributeType kind(AttributeProto proto) {
    if (proto.getType() != AttributeType.UNDEFINED) {
      return proto.getType();
    } else if (proto.hasF()) {
      return AttributeType.FLOAT;
    } else if (proto.hasI()) {
      return AttributeType.INT;
    } else if (proto.hasS()) {
      return AttributeType.STRING;
    } else if (proto.hasT()) {
      return AttributeType.TENSOR;
    } else if (proto.hasG()) {
      return AttributeType.GRAPH;
    } else if (proto.getFloatsCount() > 0) {
      return AttributeType.FLOATS;
    } else if (proto.getIntsCount() > 0) {
      return AttributeType.INTS;
    } else if (proto.getStringsCount() > 0) {
      return AttributeType.STRINGS;
    }
    return AttributeType.UNDEFINED;
  }

  /** The tensor that a Constant node of these attributes gives; empty where it holds no numbers. */
  static Optional<Tensor> constant(Attributes attributes) {
    for (Map.Entry<String, Attribute> entry : attributes.values().entrySet()) {
      if (!entry.getKey().startsWith("value")) {
        continue;
      }
      Attribute value = entry.getValue();
      if (value instanceof Attribute.TensorValue tensor) {
        return Optional.of(tensor.value());
      } else if (value instanceof Attribute.IntegerValue integer) {
        return Optional.of(Tensor.scalar(integer.value()));
      } else if (value instanceof Attribute.RealValue real) {
        return Optional.of(Tensor.scalar(real.value()));
      } else if (value instanceof Attribute.Integers integers) {
        return Optional.of(Tensor.vector(integers.values()));
      } else if (value instanceof Attribute.Reals reals) {
        float[] elements = reals.values();
        return Optional.of(Tensor.of(elements, elements.length));
      }
    }
    return Optional.empty();
  }
}
