package dev.phosphene.visualize;

import static dev.phosphene.visualize.NamedLayers.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.Model;
import dev.phosphene.model.onnx.OnnxWriter;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The recipe natural depends on no scale: one network, written for inputs in other units or with
 * outputs of another size, has the same picture.
 */
class ScaleTest {
  private static final int SIDE = 16;

  /** Steps of 1/255, by which pictures may differ: rounding, after as many optimizer steps. */
  private static final double NEAR = 3;

  @TempDir Path folder;
  private Picture usual;

  @BeforeEach
  void makeTheUsualPicture() {
    usual = picture(0, 1, 1);
  }

  @ParameterizedTest
  @CsvSource({"-1, 1", "0, 255", "-2, 3"})
  void unitsOfTheInputMakeNoDifference(float low, float high) {
    assertAlike(picture(low, high, 1));
  }

  @ParameterizedTest
  @ValueSource(floats = {1e-4f, 1e-2f, 1e3f, 1e6f})
  void sizeOfTheOutputMakesNoDifference(float size) {
    assertAlike(picture(0, 1, size));
  }

  @Test
  void anotherSeedDoes() {
    Picture other = run(0, 1, 1).seed(1).run();
    assertThat(largestDifference(other)).isGreaterThan(10 * NEAR);
  }

  private void assertAlike(Picture other) {
    assertThat(other.diagnosis()).isEmpty();
    assertThat(largestDifference(other)).isLessThanOrEqualTo(NEAR);
  }

  private double largestDifference(Picture other) {
    byte[] here = usual.image().toBytes();
    byte[] there = other.image().toBytes();
    double largest = 0;
    for (int i = 0; i < here.length; i++) {
      double difference = Byte.toUnsignedInt(here[i]) - Byte.toUnsignedInt(there[i]);
      largest = Math.max(largest, Math.abs(difference));
    }
    return largest;
  }

  private Picture picture(float low, float high, float size) {
    return run(low, high, size).run();
  }

  /** A run on a network that gives {@code size tanh(conv(x))} for x in [0, 1], in other units. */
  private ActivationMaximization run(float low, float high, float size) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value image = builder.input("image", ElementType.FLOAT32, Shape.of(1, 3, SIDE, SIDE));
    Random random = new Random(4);
    float[] kernel = new float[4 * 3 * 9];
    float[] bias = new float[4];
    for (int i = 0; i < kernel.length; i++) {
      float weight = (float) random.nextGaussian() * 0.2f;
      kernel[i] = weight / (high - low);
      bias[i / 27] -= weight * low / (high - low);
    }
    Value x =
        node(
            builder,
            "conv",
            "Conv",
            image,
            builder.constant("kernel", Tensor.of(kernel, 4, 3, 3, 3)),
            builder.constant("bias", Tensor.of(bias, 4)));
    x = node(builder, "tanh", "Tanh", x);
    x =
        node(
            builder,
            "size",
            "Mul",
            x,
            builder.constant("factor", Tensor.of(new float[] {size}, 1)));
    Path file = folder.resolve("scaled.onnx");
    OnnxWriter.write(builder.build(List.of(x.name())), file);
    Model model = Model.open(file);
    return ActivationMaximization.of(model)
        .inputContract(
            model
                .inputContract()
                .withRange(low, high, InputContract.Source.OPTION)
                .withMean(new float[] {0, 0, 0}, InputContract.Source.OPTION)
                .withDeviation(new float[] {1, 1, 1}, InputContract.Source.OPTION))
        .filters(2)
        .iterations(16)
        .threads(1);
  }
}
