package dev.phosphene.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.onnx.OnnxWriter;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which input is looked at, what stands for the others, and how shapes follow. */
class ModelInputsTest {
  @TempDir Path folder;

  private static Shape symbolic(Object... sizes) {
    return Shape.of(
        List.of(sizes).stream()
            .map(
                size ->
                    size instanceof String symbol
                        ? Dimension.symbolic(symbol)
                        : Dimension.of((Integer) size))
            .toList());
  }

  private Model write(GraphBuilder builder, Value... outputs) {
    Path file = folder.resolve("model.onnx");
    OnnxWriter.write(builder.build(List.of(outputs).stream().map(Value::name).toList()), file);
    return Model.open(file);
  }

  /** {@code image * mask + step}, the mask of one channel. */
  private Model masked() {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value mask = builder.input("mask", ElementType.FLOAT32, symbolic("N", 1, "H", "W"));
    Value image = builder.input("image", ElementType.FLOAT32, symbolic("N", 3, "H", "W"));
    Value step = builder.input("step", ElementType.INT64, symbolic("N"));
    Value moved =
        builder.apply(
            "Reshape",
            builder.cast(step, ElementType.FLOAT32),
            builder.constant(Tensor.vector(-1, 1, 1, 1)));
    Value seen = builder.apply("Relu", builder.multiply(image, mask));
    return write(builder, builder.apply("Relu", builder.add(seen, moved)));
  }

  /** Rows of a table of 10, less those of a segment, by a mask of seen tokens. */
  private Model text() {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value segments = builder.input("token_type_ids", ElementType.INT64, symbolic("batch", "T"));
    Value ids = builder.input("input_ids", ElementType.INT64, symbolic("batch", "T"));
    Value seen = builder.input("attention_mask", ElementType.INT64, symbolic("batch", "T"));
    Value segment =
        builder.apply("Gather", builder.constant(Tensor.of(new float[8], 2, 4)), segments);
    Value token = builder.apply("Gather", builder.constant(Tensor.of(new float[40], 10, 4)), ids);
    Value weights =
        builder.apply(
            "Unsqueeze",
            builder.cast(seen, ElementType.FLOAT32),
            builder.constant(Tensor.vector(-1)));
    Value all = builder.multiply(builder.add(segment, token), weights);
    return write(builder, builder.apply("Relu", all));
  }

  @Test
  void theInputLikeAPictureIsLookedAtUnlessItIsHeld() {
    Model model = masked();
    assertThat(model.mainInput()).isEqualTo("image");
    Tensor image = Tensor.of(new float[12], 1, 3, 2, 2);
    assertThat(model.withInput("image", image).mainInput()).isEqualTo("mask");
    assertThat(model.withMainInput("step").mainInput()).isEqualTo("step");
    assertThat(model.mainInput(List.of("mask", "step"))).isEqualTo("mask");
  }

  @Test
  void tokensOfTheLargestVocabularyAreLookedAtInATextModel() {
    Model model = text();
    assertThat(model.mainInput()).isEqualTo("input_ids");
    Embedding embedding = model.embedding().orElseThrow();
    assertThat(embedding.entries()).isEqualTo(10);
    assertThat(embedding.shape()).isEqualTo(symbolic("batch", "T", 4));
    assertThat(model.inputContract().high()).isEqualTo(9);
  }

  @Test
  void inputsOfWhichNothingIsSaidAreZeroAndAttentionMasksOne() {
    HeldInputs held = HeldInputs.of(text(), text().graph(), "input_ids", Shape.of(2, 5));
    assertThat(held.filled())
        .containsExactly(
            "\"token_type_ids\" (int64[2, 5]) at 0", "\"attention_mask\" (int64[2, 5]) at 1");
    Graph graph = held.applyTo(text().graph());
    assertThat(graph.inputs()).extracting(Value::name).containsExactly("input_ids");
    assertThat(graph.constants().get("attention_mask").toLongs()).hasSize(10).containsOnly(1);
    assertThat(graph.constants().get("token_type_ids").toLongs()).containsOnly(0);
  }

  @Test
  void theSidecarSaysWhichInputIsLookedAtAndWhatFillsOthers() throws IOException {
    Path file = masked().path();
    Files.writeString(
        Path.of(file + ".phosphene.json"), "{\"input\": \"mask\", \"hold\": {\"image\": 0.5}}");
    Model model = Model.open(file);
    assertThat(model.mainInput()).isEqualTo("mask");
    HeldInputs held = HeldInputs.of(model, model.graph(), "mask", Shape.of(1, 1, 2, 3));
    assertThat(held.filled())
        .containsExactly("\"image\" (float32[1, 3, 2, 3]) at 0.5", "\"step\" (int64[1]) at 0");
  }

  @Test
  void oneArrayServesEveryPictureOfABatch() {
    Model model = masked().withInput("mask", Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2));
    Graph graph =
        HeldInputs.of(model, model.graph(), "image", Shape.of(3, 3, 2, 2)).applyTo(model.graph());
    Tensor mask = graph.constants().get("mask");
    assertThat(mask.shape()).isEqualTo(Shape.of(3, 1, 2, 2));
    assertThat(mask.toDoubles()).containsExactly(1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4);
  }

  @Test
  void layersHaveTheSizesThatShapesGiveThem() {
    Model model = masked().withShape("image", Shape.of(1, 3, 20, 30));
    assertThat(model.layers().last().shape()).isEqualTo(Shape.of(1, 3, 20, 30));
    assertThat(model.input("mask").shape()).isEqualTo(Shape.of(1, 1, 20, 30));
    assertThat(model.inputContract().spatial()).isEqualTo(Shape.of(20, 30));
    assertThat(masked().layers().last().shape()).isEqualTo(symbolic("N", 3, "H", "W"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "image | 1,4,2,2 | should have the shape",
        "image | 1,3,2 | should have the shape",
        "image | 0,3,2,2 | at least 1",
        "image | 1,3,100000,100000 | at most",
        "image | 9223372036854775807,3,9223372036854775807,9 | at most",
        "photo | 1,3,2,2 | has no input \"photo\"",
        "mask | 1,1,9,9 | with H = 8",
      })
  void shapesThatDoNotFitAreRefused(String input, String sizes, String said) {
    Model model = masked();
    Model held = input.equals("mask") ? model.withShape("image", Shape.of(1, 3, 8, 8)) : model;
    long[] shape = List.of(sizes.split(",")).stream().mapToLong(Long::parseLong).toArray();
    assertThatThrownBy(() -> held.withShape(input, Shape.of(shape)))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining(said)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void wholeNumbersAreNotRounded() {
    Model model = masked();
    assertThat(model.withInput("step", Tensor.of(new float[] {7}, 1)).heldInputs().get("step"))
        .extracting(Tensor::type)
        .isEqualTo(ElementType.INT64);
    assertThatThrownBy(() -> model.withInput("step", Tensor.of(new float[] {0.5f}, 1)))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("whole numbers (int64), found 0.5");
  }
}
