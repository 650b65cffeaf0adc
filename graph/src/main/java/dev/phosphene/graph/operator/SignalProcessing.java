package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Fourier transforms, whose last axis holds real and imaginary part, and window functions. */
final class SignalProcessing {
  private SignalProcessing() {}

  static List<OperatorSpec> specs() {
    return List.of(
        new OperatorSpec("DFT", 20, SignalProcessing::transform),
        new OperatorSpec("STFT", 17, SignalProcessing::transformFrames),
        new OperatorSpec("HannWindow", 17, SignalProcessing::window),
        new OperatorSpec("HammingWindow", 17, SignalProcessing::window),
        new OperatorSpec("BlackmanWindow", 17, SignalProcessing::window));
  }

  private static void transform(Inference node) {
    Shape shape = node.shape(0);
    Axes.requireRankFrom(node, "the input", shape, 2);
    if (!shape.isRankKnown()) {
      node.output(0, node.type(0), shape);
      return;
    }
    Optional<Tensor> axis = node.constant(2);
    if (node.has(2) && axis.isEmpty()) {
      node.output(0, node.type(0), Shape.ofRank(shape.rank()).with(-1, Dimension.of(2)));
      return;
    }
    if (axis.isPresent() && axis.get().elements() != 1) {
      throw node.error("expected one axis, found a tensor " + axis.get());
    }
    int along = Axes.normalize(node, axis.map(a -> a.getLong(0)).orElse(-2L), shape.rank());
    if (along == shape.rank() - 1) {
      throw node.error("the last axis of %s holds complex numbers".formatted(shape));
    }
    boolean half = node.attributes().flag("onesided", false);
    boolean inverse = node.attributes().flag("inverse", false);
    // Back from one half of the spectrum comes a real signal.
    Dimension given = half && inverse ? whole(shape.dimension(along)) : shape.dimension(along);
    Dimension length = node.has(1) ? Indexing.constantSize(node, 1, "dft_length") : given;
    node.output(
        0,
        node.type(0),
        shape
            .with(along, half && !inverse ? half(length) : length)
            .with(-1, Dimension.of(half && inverse ? 1 : 2)));
  }

  private static Dimension whole(Dimension half) {
    return half.isKnown() ? Dimension.of(Math.max(0, 2 * (half.size() - 1))) : half;
  }

  private static Dimension half(Dimension length) {
    return length.isKnown() ? Dimension.of(length.size() / 2 + 1) : Dimension.unknown();
  }

  /** Signal {@code [batch, length, 1 or 2]}, output {@code [batch, frames, frequencies, 2]}. */
  private static void transformFrames(Inference node) {
    Shape signal = node.shape(0);
    Axes.requireRank(node, "the signal", signal, 3);
    Dimension batch = signal.isRankKnown() ? signal.dimension(0) : Dimension.unknown();
    Dimension length = signal.isRankKnown() ? signal.dimension(1) : Dimension.unknown();
    Dimension step = Indexing.constantSize(node, 1, "frame_step");
    Dimension frame = Dimension.unknown();
    if (node.has(3)) {
      frame = Indexing.constantSize(node, 3, "frame_length");
    } else if (node.shape(2).isRankKnown()) {
      Axes.requireRank(node, "the window", node.shape(2), 1);
      frame = node.shape(2).dimension(0);
    }
    Dimension frames = Dimension.unknown();
    if (length.isKnown() && step.isKnown() && frame.isKnown()) {
      if (step.size() < 1 || frame.size() > length.size()) {
        throw node.error(
            "frames of %s elements, %s apart, do not fit signal %s".formatted(frame, step, signal));
      }
      frames = Dimension.of((length.size() - frame.size()) / step.size() + 1);
    }
    boolean half = node.attributes().flag("onesided", true);
    Dimension frequencies = half ? half(frame) : frame;
    node.output(0, node.type(0), Shape.of(List.of(batch, frames, frequencies, Dimension.of(2))));
  }

  private static void window(Inference node) {
    node.output(
        0,
        Casting.type(node, "output_datatype", ElementType.FLOAT32),
        Shape.of(List.of(Indexing.constantSize(node, 0, "size"))));
  }
}
