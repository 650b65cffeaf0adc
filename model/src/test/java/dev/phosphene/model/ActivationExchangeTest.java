package dev.phosphene.model;

import static dev.phosphene.model.onnx.Protos.attribute;
import static dev.phosphene.model.onnx.Protos.counting;
import static dev.phosphene.model.onnx.Protos.graph;
import static dev.phosphene.model.onnx.Protos.model;
import static dev.phosphene.model.onnx.Protos.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Verification;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.onnx.Protos;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of graph and layer table; what is computed then is compared in {@code testkit}. */
class ActivationExchangeTest {
  @TempDir Path folder;

  private Model opened() {
    return Model.open(
        Protos.write(
            folder,
            model(
                17,
                graph(
                        new long[] {-1, 3, 8, 8},
                        "y",
                        node("Conv", "x w -> c").setName("/conv/Conv"),
                        node("Relu", "c -> r").setName("/relu/Relu"),
                        node("Dropout", "r -> d").setName("/dropout/Dropout"),
                        node("Flatten", "d -> f").setName("/Flatten"),
                        node("Gemm", "f wf -> g").setName("/dense/Gemm"),
                        node("Cast", "g -> g2", attribute("to", 1)).setName("/dense/Cast"),
                        node("Softmax", "g2 -> s").setName("/dense/Softmax"),
                        node("Cast", "s -> y", attribute("to", 1)).setName("/dense/Cast_1"),
                        node("ArgMax", "y -> best").setName("/best/ArgMax"))
                    .addInitializer(counting("w", 5, 3, 3, 3))
                    .addInitializer(counting("wf", 180, 10)))));
  }

  private static String producer(Model model, String value) {
    return model.graph().producer(value).map(Node::toString).orElse("");
  }

  @Test
  void theActivationThatALayerEndsInIsReplaced() {
    Model model = opened();
    Model exchanged = model.withActivation("relu", Activation.ELU);
    assertThat(producer(exchanged, "r")).isEqualTo("r = Elu(c)");
    assertThat(producer(model, "r")).isEqualTo("r = Relu(c)");
    assertThat(exchanged.graph().nodes()).hasSameSizeAs(model.graph().nodes());
  }

  @Test
  void conversionsAfterItStay() {
    Model exchanged = opened().withActivation("dense", Activation.LINEAR);
    assertThat(producer(exchanged, "s")).isEqualTo("s = Identity(g2)");
    assertThat(producer(exchanged, "y")).startsWith("y = Cast(s)");
  }

  @Test
  void aLayerWithoutActivationGetsOneThatAllReadersSee() {
    Model exchanged = opened().withActivation("conv", Activation.RELU6);
    assertThat(producer(exchanged, "c/linear")).isEqualTo("c/linear = Conv(x, w)");
    assertThat(producer(exchanged, "c")).isEqualTo("c = Clip(c/linear, c/bound, c/bound_1)");
    assertThat(producer(exchanged, "r")).isEqualTo("r = Relu(c)");
    Verification.verify(exchanged.graph(), StandardOperators.table());
    assertThat(exchanged.graph().value("c/linear").shape())
        .isEqualTo(exchanged.graph().value("c").shape());
  }

  @Test
  void whatIsOfAnotherLayerStays() {
    Model exchanged = opened().withActivation("dropout", Activation.TANH);
    assertThat(producer(exchanged, "r")).isEqualTo("r = Relu(c)");
    assertThat(producer(exchanged, "d")).isEqualTo("d = Tanh(d/linear)");
  }

  @Test
  void softmaxIsOverFilters() {
    assertThat(producer(opened().withActivation("relu", Activation.SOFTMAX), "r"))
        .isEqualTo("r = Softmax(c) {axis=1}");
  }

  @Test
  void layersKeepTheirNamesAndIndices() {
    Model model = opened();
    Model exchanged =
        model.withActivation("relu", Activation.TANH).withActivation("conv", Activation.SIGMOID);
    List<Layer> before = model.layers().layers();
    List<Layer> after = exchanged.layers().layers();
    assertThat(after).hasSameSizeAs(before);
    for (int i = 0; i < before.size(); i++) {
      Layer expected = before.get(i).name().equals("relu") ? after.get(i) : before.get(i);
      assertThat(after.get(i)).isEqualTo(expected);
      assertThat(after.get(i).name()).isEqualTo(before.get(i).name());
    }
    assertThat(exchanged.layers().find("relu").kind()).isEqualTo("Tanh");
    assertThat(exchanged.sha256()).isEqualTo(model.sha256());
  }

  @Test
  void exchangesComposeAndCanBeRepeated() {
    Model model = opened();
    Model exchanged =
        model
            .withActivation("relu", Activation.LINEAR)
            .withActivation("-1", Activation.LINEAR)
            .withActivation("re*", Activation.GELU);
    assertThat(exchanged.activations().entrySet())
        .containsExactly(Map.entry("dense", Activation.LINEAR), Map.entry("relu", Activation.GELU));
    assertThat(producer(exchanged, "r")).isEqualTo("r = Gelu(r/linear)");
    assertThat(model.activations()).isEmpty();
    Model again = model;
    for (Map.Entry<String, Activation> each : exchanged.activations().entrySet()) {
      again = again.withActivation(each.getKey(), each.getValue());
    }
    assertThat(producer(again, "r")).isEqualTo("r = Gelu(c)");
    assertThat(producer(again, "s")).isEqualTo(producer(exchanged, "s"));
  }

  @Test
  void whatCannotBeGivenAnActivationSaysWhy() {
    assertThatThrownBy(() -> opened().withActivation("x", Activation.RELU))
        .isInstanceOf(PhospheneException.class)
        .hasMessage(
            "Layer \"x\" cannot be given activation relu: it is an input of the model;"
                + " choose another layer");
    assertThatThrownBy(() -> opened().withActivation("best", Activation.RELU))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("gives elements of type int64");
    assertThatThrownBy(() -> opened().withActivation("rellu", Activation.RELU))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("Did you mean \"relu\"");
  }

  @Test
  void activationsHaveNames() {
    for (Activation each : Activation.values()) {
      assertThat(Activation.named(each.toString())).isSameAs(each);
    }
    assertThat(Activation.named("Swish")).isSameAs(Activation.SILU);
    assertThat(Activation.named("hard_swish")).isSameAs(Activation.HARD_SILU);
    assertThatThrownBy(() -> Activation.named("rely"))
        .isInstanceOf(PhospheneException.class)
        .hasMessageStartingWith(
            "No activation is called \"rely\"; expected one of linear, relu, relu6, leaky_relu,");
  }
}
