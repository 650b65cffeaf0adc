package dev.phosphene.testkit;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What ONNX Runtime makes of a test's file as it is, to tell its limits from those of others. */
final class NodeModelReference {
  private NodeModelReference() {}

  /**
   * Why the runtime does not compute this test's outputs by itself; empty where it does.
   *
   * @param model inputs of types that Java has
   */
  static Optional<String> limit(Path file, NodeModel model) {
    OrtEnvironment environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "phosphene");
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = environment.createSession(file.toString(), options)) {
      for (Map.Entry<String, Tensor> input : model.inputs().entrySet()) {
        inputs.put(input.getKey(), lend(environment, input.getValue()));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < model.outputs().size(); i++) {
          if (result.get(i) instanceof OnnxTensor computed) {
            Tensor found =
                Tensor.over(
                    model.outputs().get(i).type(),
                    computed.getInfo().getShape(),
                    computed.getByteBuffer());
            NodeModelRun.compare("output " + i, model.outputs().get(i), found, problems);
          }
        }
        return problems.stream()
            .findFirst()
            .map(problem -> "ONNX Runtime itself computes something else: " + problem);
      }
    } catch (OrtException failure) {
      return Optional.of(String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor lend(OrtEnvironment environment, Tensor tensor) throws OrtException {
    ByteBuffer bytes = tensor.bytes();
    ByteBuffer direct =
        ByteBuffer.allocateDirect(bytes.remaining()).order(ByteOrder.nativeOrder()).put(bytes);
    return OnnxTensor.createTensor(
        environment, direct.rewind(), tensor.sizes(), javaType(tensor.type()));
  }

  private static OnnxJavaType javaType(ElementType type) {
    return switch (type) {
      case FLOAT32 -> OnnxJavaType.FLOAT;
      case FLOAT64 -> OnnxJavaType.DOUBLE;
      default -> OnnxJavaType.valueOf(type.name());
    };
  }
}
