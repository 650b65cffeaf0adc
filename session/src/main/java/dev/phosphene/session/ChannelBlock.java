package dev.phosphene.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.model.onnx.OnnxWriter;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/**
 * How many channels lie side by side in the layout of the runtime's convolutions, which depends on
 * the processor and which the runtime does not say: found by reordering a small image.
 */
final class ChannelBlock {
  /** More than any processor's. */
  private static final int CHANNELS = 64;

  private ChannelBlock() {}

  /** Found once; it stays what it is while the processor does. */
  private static final class Found {
    static final int SIZE = probe();
  }

  /** Channels of a block; 0 where the runtime has no such layout on this processor. */
  static int size() {
    return Found.SIZE;
  }

  private static int probe() {
    OrtEnvironment environment = Session.runtime();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session =
            environment.createSession(OnnxWriter.detach(reordering()).model(), options);
        OnnxTensor image =
            OnnxTensor.createTensor(environment, numbered(), new long[] {1, CHANNELS, 1, 2});
        OrtSession.Result result = session.run(Map.of("image", image))) {
      FloatBuffer reordered = ((OnnxTensor) result.get(0)).getFloatBuffer();
      // The second element of the first channel follows the first elements of its block.
      for (int place = 2; place <= CHANNELS; place++) {
        if (reordered.get(place) == 1) {
          return place;
        }
      }
      return 0;
    } catch (OrtException notThere) {
      return 0;
    }
  }

  private static FloatBuffer numbered() {
    FloatBuffer elements = FloatBuffer.allocate(2 * CHANNELS);
    while (elements.hasRemaining()) {
      elements.put(elements.position());
    }
    return elements.flip();
  }

  private static Graph reordering() {
    Shape shape = Shape.of(1, CHANNELS, 1, 2);
    Value image = new Value("image", ElementType.FLOAT32, shape);
    Value reordered = new Value("reordered", ElementType.FLOAT32, shape);
    Node node =
        new Node(
            "",
            new OperatorType("com.microsoft.nchwc", "ReorderInput"),
            List.of(image.name()),
            List.of(reordered.name()),
            Attributes.none(),
            Map.of());
    return new Graph(
        List.of(image), List.of(reordered.name()), List.of(node), Map.of(), List.of(reordered));
  }
}
