package dev.phosphene.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RuntimeFailureTest {
  @Test
  void removesSourcePositions() {
    assertThat(
            RuntimeFailure.clean(
                "Error code - ORT_RUNTIME_EXCEPTION - message: Non-zero status code returned while"
                    + " running Reshape node. Name:'r1' Status Message:"
                    + " /src/onnxruntime/core/providers/cpu/tensor/reshape_helper.h:47"
                    + " onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&,"
                    + " onnxruntime::TensorShapeVector&, bool) input_shape_size == size was false."
                    + " The input tensor cannot be reshaped\nStack trace:\n0x1234"))
        .isEqualTo(
            "Non-zero status code returned while running Reshape node. Name:'r1' Status Message:"
                + " input_shape_size == size was false. The input tensor cannot be reshaped");
  }

  @Test
  void cutsWhatIsTooLong() {
    assertThat(RuntimeFailure.clean("x".repeat(5000))).hasSize(403).endsWith("...");
  }
}
