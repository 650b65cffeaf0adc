package dev.phosphene.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One step of a loop: a session with buffers for all inputs and outputs, in native memory, made
 * once. Write the inputs, {@link #run}, read the outputs; nothing is allocated or copied between.
 *
 * <p>For one thread at a time. Close it before its session.
 */
public final class Step implements AutoCloseable {
  private final Session session;
  private final Map<String, ByteBuffer> inputs = new LinkedHashMap<>();
  private final Map<String, ByteBuffer> outputs = new LinkedHashMap<>();
  private final Map<String, OnnxTensorLike> given = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> results = new LinkedHashMap<>();
  private boolean closed;

  Step(Session session) {
    this.session = session;
    try {
      for (Value input : session.inputs()) {
        given.put(input.name(), bind("input", input, inputs));
      }
      for (Value output : session.outputs()) {
        results.put(output.name(), bind("output", output, outputs));
      }
    } catch (OrtException failure) {
      close();
      throw RuntimeFailure.running(failure);
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  private OnnxTensor bind(String role, Value value, Map<String, ByteBuffer> buffers)
      throws OrtException {
    if (!value.shape().isStatic() || !Transfer.isTransferable(value.type())) {
      throw new PhospheneException(
          "A step needs the type and all sizes of %s \"%s\", found %s%s; fix the input shapes"
              .formatted(role, value.name(), value.type(), value.shape()));
    }
    ByteBuffer buffer = Transfer.allocate(value.shape().elements() * value.type().bytes());
    buffers.put(value.name(), buffer);
    return Transfer.lend(session.environment(), value.type(), value.shape().sizes(), buffer);
  }

  /**
   * The bytes of an input, zeros at first, little endian; write them before {@link #run}. They keep
   * what was written.
   *
   * @throws IllegalArgumentException where there is no such input
   */
  public ByteBuffer input(String name) {
    return view(inputs, name);
  }

  /**
   * The bytes of an output, little endian, as the last {@link #run} left them.
   *
   * @throws IllegalArgumentException where there is no such output
   */
  public ByteBuffer output(String name) {
    return view(outputs, name).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer view(Map<String, ByteBuffer> buffers, String name) {
    requireOpen();
    ByteBuffer buffer = buffers.get(name);
    if (buffer == null) {
      throw new IllegalArgumentException(
          "There is no \"%s\" among %s".formatted(name, buffers.keySet()));
    }
    return buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Computes all outputs from what stands in the inputs.
   *
   * @throws PhospheneException where a node fails
   */
  public void run() {
    requireOpen();
    session.run(given, results);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("This step is closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      given.values().forEach(OnnxTensorLike::close);
      results.values().forEach(OnnxTensor::close);
    }
  }
}
