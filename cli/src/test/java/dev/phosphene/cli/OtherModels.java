package dev.phosphene.cli;

import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.onnx.OnnxWriter;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** ONNX files of tiny networks that take something else than one picture of a known size. */
final class OtherModels {
  private OtherModels() {}

  /** {@code image [N, 3, H, W] * mask [N, 1, H, W] + step [N]}; outputs "logits" and "map". */
  static void masked(Path file) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value image = builder.input("image", ElementType.FLOAT32, shape("N", 3, "H", "W"));
    Value mask = builder.input("mask", ElementType.FLOAT32, shape("N", 1, "H", "W"));
    Value step = builder.input("step", ElementType.INT64, shape("N"));
    Value offset =
        builder.apply(
            "Reshape",
            builder.cast(step, ElementType.FLOAT32),
            builder.constant(Tensor.vector(-1, 1, 1, 1)));
    Value seen = builder.add(builder.multiply(image, mask), offset);
    Value map = builder.apply("Conv", seen, builder.constant(weights(4, 3, 1, 1)));
    Value tanh = builder.apply("Tanh", map);
    Value logits = builder.apply("GlobalAveragePool", tanh);
    write(builder, file, logits, tanh);
  }

  /** Tokens of a vocabulary of 10, in rows of 4, by an attention mask. */
  static void text(Path file) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value ids = builder.input("input_ids", ElementType.INT64, shape("N", "T"));
    Value seen = builder.input("attention_mask", ElementType.INT64, shape("N", "T"));
    Value token = builder.apply("Gather", builder.constant("words", weights(10, 4)), ids);
    Value mask =
        builder.apply(
            "Unsqueeze",
            builder.cast(seen, ElementType.FLOAT32),
            builder.constant(Tensor.vector(-1)));
    Value hidden = builder.apply("Tanh", builder.multiply(token, mask));
    write(builder, file, builder.apply("MatMul", hidden, builder.constant(weights(4, 5))));
  }

  /** {@code [N, F] -> [N, 3]}, as networks for tables are. */
  static void vector(Path file, int features) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value row = builder.input("row", ElementType.FLOAT32, shape("N", features));
    Value hidden = builder.apply("MatMul", row, builder.constant(weights(features, 3)));
    write(builder, file, builder.apply("Tanh", hidden));
  }

  /** A waveform {@code [N, T]} of any length. */
  static void waveform(Path file) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value wave = builder.input("wave", ElementType.FLOAT32, shape("N", "T"));
    Value signal = builder.apply("Unsqueeze", wave, builder.constant(Tensor.vector(1)));
    Value filtered = builder.apply("Conv", signal, builder.constant(weights(2, 1, 5)));
    write(builder, file, builder.apply("Tanh", filtered));
  }

  private static void write(GraphBuilder builder, Path file, Value... outputs) {
    List<String> names = new ArrayList<>();
    for (Value output : outputs) {
      names.add(output.name());
    }
    OnnxWriter.write(builder.build(names), file);
  }

  private static Shape shape(Object... sizes) {
    return Shape.of(
        Arrays.stream(sizes)
            .map(
                size ->
                    size instanceof String symbol
                        ? Dimension.symbolic(symbol)
                        : Dimension.of((Integer) size))
            .toList());
  }

  static Tensor weights(long... sizes) {
    Random random = new Random(7);
    float[] elements = new float[(int) Shape.elements(sizes)];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) random.nextGaussian();
    }
    return Tensor.of(elements, sizes);
  }
}
