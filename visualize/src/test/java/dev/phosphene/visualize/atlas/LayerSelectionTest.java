package dev.phosphene.visualize.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.Model;
import dev.phosphene.model.onnx.OnnxWriter;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.atlas.AtlasIndex.LeftOut;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerSelectionTest {
  @TempDir Path folder;
  private final GraphBuilder builder = new GraphBuilder(StandardOperators.table());

  private Value layer(String name, String operator, Value... inputs) {
    return builder
        .add(
            new Node(
                "/" + name + "/" + operator,
                OperatorType.of(operator),
                Stream.of(inputs).map(Value::name).toList(),
                List.of(name + ".output"),
                Attributes.none(),
                Map.of()))
        .get(0);
  }

  private Value constant(String name, long... sizes) {
    return builder.constant(name, Tensor.of(new float[(int) Shape.elements(sizes)], sizes));
  }

  private Value convolution(String name, Value x, long filters) {
    return layer(name, "Conv", x, constant(name + ".kernel", filters, x.size(1), 1, 1));
  }

  private Value normalization(String name, Value x) {
    long filters = x.size(1);
    return layer(
        name,
        "BatchNormalization",
        x,
        constant(name + ".scale", filters),
        constant(name + ".bias", filters),
        constant(name + ".mean", filters),
        constant(name + ".variance", filters));
  }

  private Value image() {
    return builder.input("image", ElementType.FLOAT32, Shape.of(1, 3, 8, 8));
  }

  private Model model(Value output) {
    Path file = folder.resolve("model.onnx");
    OnnxWriter.write(builder.build(List.of(output.name())), file);
    return Model.open(file);
  }

  private static List<String> names(LayerSelection selection) {
    return selection.targets().stream().map(target -> target.layer().name()).toList();
  }

  private static String reason(LayerSelection selection, String layer) {
    return selection.leftOut().stream()
        .filter(each -> each.layer().equals(layer))
        .map(LeftOut::reason)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aChainIsShownOnceNormalizedAndBeforeItsActivation() {
    Value first = layer("relu1", "Relu", normalization("norm1", convolution("conv1", image(), 4)));
    Value second = layer("relu2", "Relu", convolution("conv2", first, 4));
    Value pooled = layer("pool", "GlobalAveragePool", second);
    Value third = layer("relu3", "Relu", normalization("norm3", pooled));
    Value dense =
        layer("dense", "Gemm", layer("flat", "Flatten", third), constant("dense.kernel", 4, 5));
    LayerSelection selection =
        LayerSelection.usual(model(layer("classes", "Softmax", dense)), false);
    assertThat(names(selection)).containsExactly("norm1", "conv2", "classes");
    assertThat(selection.targets().get(2).beforeSoftmax()).isTrue();
    assertThat(reason(selection, "conv1"))
        .isEqualTo("it is shown with its normalization or bias, as \"norm1\"");
    assertThat(reason(selection, "relu1"))
        .isEqualTo("its filters are shown before the activation, as \"norm1\"");
    assertThat(reason(selection, "norm3")).isEqualTo("it only shifts and scales");
    assertThat(reason(selection, "pool")).isEqualTo("it makes no new filters");
    assertThat(reason(selection, "dense")).isEqualTo("its values are the outputs \"classes\"");
  }

  @Test
  void residualSumsAreShownAndBiasesAreNot() {
    Value stream = convolution("conv1", image(), 4);
    Value branch =
        layer(
            "bias",
            "Add",
            convolution("conv2", layer("relu1", "Relu", stream), 4),
            constant("bias.value", 4, 1, 1));
    Value sum = layer("sum", "Add", stream, branch);
    Value last = convolution("conv3", normalization("norm", sum), 2);
    LayerSelection selection = LayerSelection.usual(model(last), false);
    assertThat(names(selection)).containsExactly("conv1", "bias", "sum", "conv3");
    // The sum goes nowhere else, but it is no convolution: its filters are as they are.
    assertThat(reason(selection, "norm")).isEqualTo("it only shifts and scales");
  }

  @Test
  void whatFollowsOneSourceOfSeveralReplacesNothing() {
    Value stream = convolution("conv1", image(), 4);
    Value sum = layer("sum", "Add", stream, normalization("norm", stream));
    LayerSelection selection = LayerSelection.usual(model(convolution("conv2", sum, 2)), false);
    assertThat(names(selection)).contains("conv1").doesNotContain("norm");
  }

  @Test
  void namesAndGlobs() {
    Value first = layer("stem.relu", "Relu", convolution("stem.conv", image(), 4));
    Value last = convolution("head.conv", first, 2);
    Model model = model(builder.reduceSum(last, false, 0, 1, 2, 3));
    String total = model.layers().last().name();
    assertThat(names(LayerSelection.named(model, List.of("*.conv", "stem.*"), false)))
        .containsExactly("stem.conv", "head.conv", "stem.relu");
    assertThat(names(LayerSelection.named(model, List.of("1"), false)))
        .containsExactly("stem.relu");
    LayerSelection all = LayerSelection.named(model, List.of("*"), false);
    assertThat(names(all)).containsExactly("stem.conv", "stem.relu", "head.conv");
    assertThat(reason(all, total)).isEqualTo("it has no filters");
    assertRefused(model, total, "has no filters to choose from");
    assertRefused(model, "stem.cnv", "Did you mean \"stem.conv\"");
    assertRefused(model, "x*", "matches \"x*\"");
  }

  private static void assertRefused(Model model, String layer, String message) {
    assertThatThrownBy(() -> LayerSelection.named(model, List.of(layer), false))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining(message);
  }

  @Test
  void networksWithoutFilters() {
    Model model = model(builder.reduceSum(image(), false, 0, 1, 2, 3));
    assertThatThrownBy(() -> LayerSelection.usual(model, false))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("no convolution or dense layer");
  }
}
