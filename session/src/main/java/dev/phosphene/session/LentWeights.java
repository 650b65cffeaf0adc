package dev.phosphene.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights that are in no file, lent to the runtime while it makes a session. It copies them, so
 * they need not outlive that.
 */
final class LentWeights implements AutoCloseable {
  private final OrtEnvironment environment;
  private final List<OnnxTensor> lent = new ArrayList<>();

  LentWeights(OrtEnvironment environment) {
    this.environment = environment;
  }

  Map<String, OnnxTensorLike> lend(Map<String, Tensor> tensors) throws OrtException {
    Map<String, OnnxTensorLike> byName = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> weight : tensors.entrySet()) {
      Tensor tensor = weight.getValue();
      // The runtime's tensor holds on to the buffer that it lies over.
      OnnxTensor value =
          Transfer.lend(environment, tensor.type(), tensor.sizes(), Transfer.directWeight(tensor));
      lent.add(value);
      byName.put(weight.getKey(), value);
    }
    return byName;
  }

  @Override
  public void close() {
    lent.forEach(OnnxTensor::close);
    lent.clear();
  }
}
