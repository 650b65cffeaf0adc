package dev.phosphene.testkit;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Value;
import dev.phosphene.model.onnx.OnnxReader;
import dev.phosphene.model.onnx.proto.ModelProto;
import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.model.onnx.proto.ValueInfoProto;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One operator test of the ONNX project: {@code model.onnx} and {@code test_data_set_0} of a folder
 * as {@code benchmark/peers/node_models.py} writes it.
 *
 * @param inputs by the names of the graph's inputs
 * @param outputs in the order of the graph's outputs
 */
record NodeModel(Graph graph, Map<String, Tensor> inputs, List<Tensor> outputs) {
  /** A model whose inputs or outputs are not dense tensors of numbers of at least a byte. */
  static final class UnsupportedValueException extends Exception {
    private static final long serialVersionUID = 1;

    UnsupportedValueException(String message) {
      super(message);
    }
  }

  static NodeModel read(Path folder) throws IOException, UnsupportedValueException {
    Path file = folder.resolve("model.onnx");
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
    Path data = folder.resolve("test_data_set_0");
    Graph graph = OnnxReader.read(file).graph();
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    List<ValueInfoProto> declared = model.getGraph().getInputList();
    for (int i = 0; i < declared.size(); i++) {
      inputs.put(declared.get(i).getName(), stored(data, "input", i, declared.get(i)));
    }
    List<Tensor> outputs = new ArrayList<>();
    declared = model.getGraph().getOutputList();
    for (int i = 0; i < declared.size(); i++) {
      outputs.add(stored(data, "output", i, declared.get(i)));
    }
    return new NodeModel(graph, inputs, outputs);
  }

  private static Tensor stored(Path folder, String role, int position, ValueInfoProto declared)
      throws IOException, UnsupportedValueException {
    String subject = "%s \"%s\"".formatted(role, declared.getName());
    if (!declared.getType().hasTensorType()) {
      throw new UnsupportedValueException(subject + " is a sequence or optional value");
    }
    int code = declared.getType().getTensorType().getElemType();
    ElementType type = Emitter.elementType(code);
    if (type.bytes() == 0) {
      String kind =
          switch (code) {
            case 8 -> "text";
            case 14, 15 -> "complex numbers";
            default -> "numbers of 8 bits or less that Java has no type for";
          };
      throw new UnsupportedValueException(subject + " holds " + kind);
    }
    Path file = folder.resolve("%s_%d.pb".formatted(role, position));
    TensorProto proto = TensorProto.parseFrom(Files.readAllBytes(file));
    long[] sizes = proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
    return proto.hasRawData()
        ? Tensor.over(type, sizes, proto.getRawData().asReadOnlyByteBuffer())
        : Tensor.converted(type, typedIntegers(proto), sizes);
  }

  /** The only typed fields that the tests use, for the integers that NumPy has no bytes of. */
  private static long[] typedIntegers(TensorProto proto) {
    return proto.getInt32DataList().stream().mapToLong(Integer::longValue).toArray();
  }

  /** This model with some of its inputs as constants, of the values that are stored. */
  NodeModel fixing(List<String> names) {
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.constants());
    Map<String, Tensor> others = new LinkedHashMap<>(inputs);
    for (String name : names) {
      constants.put(name, inputs.get(name));
      others.remove(name);
    }
    List<Value> open =
        graph.inputs().stream().filter(input -> !names.contains(input.name())).toList();
    return new NodeModel(
        new Graph(open, graph.outputs(), graph.nodes(), constants, graph.values()),
        others,
        outputs);
  }

  Map<String, Shape> shapes() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return shapes;
  }
}
