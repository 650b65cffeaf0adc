package dev.phosphene.model.onnx;

import dev.phosphene.graph.Value;
import dev.phosphene.model.onnx.proto.TensorShapeProto;
import dev.phosphene.model.onnx.proto.TypeProto;
import dev.phosphene.model.onnx.proto.ValueInfoProto;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Types and shapes as a file declares them. */
final class ValueDecoder {
  private ValueDecoder() {}

  /** What a file says of a value; unknown where it is not a dense tensor. */
  static Value decode(String name, ValueInfoProto info) {
    TypeProto type = info.getType();
    if (!type.hasTensorType()) {
      return new Value(name, ElementType.UNKNOWN, Shape.unknown());
    }
    TypeProto.Tensor tensor = type.getTensorType();
    Shape shape = tensor.hasShape() ? shape(tensor.getShape()) : Shape.unknown();
    return new Value(name, ElementTypes.of(tensor.getElemType()), shape);
  }

  private static Shape shape(TensorShapeProto proto) {
    List<Dimension> dimensions = new ArrayList<>(proto.getDimCount());
    for (TensorShapeProto.Dimension dimension : proto.getDimList()) {
      // Exporters write 0 and -1 for "any" too; no tensor worth a picture has an axis of size 0.
      dimensions.add(
          dimension.getDimValue() > 0
              ? Dimension.of(dimension.getDimValue())
              : Dimension.symbolic(dimension.getDimParam()));
    }
    return Shape.of(dimensions);
  }
}
