package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** The short-time Fourier transform as windowed frames and a Fourier transform of each. */
final class SpectralFrames {
  private SpectralFrames() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(OperatorType.of("STFT"), SpectralFrames::transform);
  }

  /** Signal {@code [N, length, 1]} to {@code [N, frames, frequencies, 2]}. */
  private static List<Value> transform(Composite node) {
    Value signal = node.input(0);
    if (node.sizes(signal).length > 2 && node.sizes(signal)[2] == 2) {
      // The runtime's kernel computes something else there than its specification says.
      throw node.error("a gradient of complex signals is not supported");
    }
    int step = Math.toIntExact(node.constant(1, "frame_step").getLong(0));
    int length =
        Math.toIntExact(
            node.has(3)
                ? node.constant(3, "frame_length").getLong(0)
                : node.sizes(node.input(2))[0]);
    int frames = Math.toIntExact((node.sizes(signal)[1] - length) / step + 1);
    long[] indices = new long[Math.multiplyExact(frames, length)];
    for (int frame = 0; frame < frames; frame++) {
      for (int i = 0; i < length; i++) {
        indices[frame * length + i] = (long) frame * step + i;
      }
    }
    Value framed =
        node.apply(
            "Gather",
            Attributes.of("axis", 1),
            signal,
            node.constant(Tensor.of(indices, frames, length)));
    if (node.has(2)) {
      framed = node.multiply(framed, node.reshape(node.input(2), length, 1));
    }
    Attributes half = Attributes.of("onesided", node.attributes().flag("onesided", true) ? 1 : 0);
    Value axis = node.constant(Tensor.scalar(2L));
    return List.of(node.apply("DFT", half, framed, Value.ABSENT, axis));
  }
}
