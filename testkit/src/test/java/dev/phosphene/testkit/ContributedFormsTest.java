package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.onnx.OnnxReader;
import dev.phosphene.model.onnx.OnnxWriter;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Operators of ONNX Runtime's own domain that are read as standard ones: what the runtime's own
 * kernel computes against what the graph that was read does.
 */
class ContributedFormsTest {
  private static final double TOLERANCE = 1e-6;

  @TempDir Path folder;

  /** One form of an operator: its first input is that of the network, the others are constants. */
  private record Form(
      String operator, Attributes attributes, ElementType output, Tensor x, List<Tensor> others) {
    @Override
    public String toString() {
      return operator + " " + attributes + " of " + others.size();
    }
  }

  private static Form form(String operator, Attributes attributes, Tensor x, Tensor... others) {
    return new Form(operator, attributes, x.type(), x, List.of(others));
  }

  static Stream<Form> forms() {
    Attributes none = Attributes.none();
    Tensor x = numbers(ElementType.FLOAT32, 3, 4);
    Tensor image = numbers(ElementType.FLOAT32, 1, 2, 4, 5);
    Tensor scale = Tensor.scalar(0.25f);
    Tensor scales = Tensor.of(new float[] {0.25f, 0.5f, 0.125f, 1}, 4);
    List<Form> forms = new ArrayList<>();
    for (ElementType type :
        List.of(ElementType.UINT8, ElementType.INT8, ElementType.UINT16, ElementType.INT16)) {
      Tensor zero = Tensor.converted(type, new long[] {3});
      Tensor zeros = Tensor.converted(type, new long[] {0, 1, 2, 3}, 4);
      Attributes columns = Attributes.of("axis", 1);
      forms.add(new Form("QuantizeLinear", none, type, x, List.of(scale, zero)));
      forms.add(new Form("QuantizeLinear", columns, type, x, List.of(scales, zeros)));
      if (type == ElementType.UINT16) {
        continue; // not an input that the runtime's Java interface takes
      }
      Tensor q = numbers(type, 3, 4);
      forms.add(new Form("DequantizeLinear", none, ElementType.FLOAT32, q, List.of(scale, zero)));
      forms.add(
          new Form("DequantizeLinear", columns, ElementType.FLOAT32, q, List.of(scales, zeros)));
    }
    Tensor wide = numbers(ElementType.INT32, 3, 4);
    forms.add(new Form("QuantizeLinear", none, ElementType.UINT8, x, List.of(scale)));
    forms.add(new Form("DequantizeLinear", none, ElementType.FLOAT32, wide, List.of(scale)));
    forms.add(form("Trilu", none, x));
    forms.add(form("Trilu", Attributes.of("upper", 0), x, Tensor.scalar(1L)));
    forms.add(form("ExpandDims", none, x, Tensor.converted(ElementType.INT32, new long[] {-1})));
    forms.add(form("ExpandDims", none, x, Tensor.converted(ElementType.INT32, new long[] {1}, 1)));
    forms.add(form("Pad", none, x, Tensor.vector(1, 0, 0, 2)));
    forms.add(
        form(
            "Pad",
            Attributes.of("mode", "constant"),
            x,
            Tensor.of(new long[] {1, 0, 0, 2}, 1, 4),
            Tensor.of(new float[] {7}, 1)));
    for (String mode : List.of("reflect", "edge")) {
      forms.add(form("Pad", Attributes.of("mode", mode), x, Tensor.vector(1, 0, 0, 2)));
    }
    Tensor grid =
        Tensor.of(new float[] {-0.9f, -0.5f, 0.3f, 0.2f, 0.1f, 0.8f, 1.2f, -1.1f}, 1, 2, 2, 2);
    forms.add(form("GridSample", none, image, grid));
    for (String mode : List.of("bilinear", "nearest", "bicubic")) {
      Attributes attributes =
          Attributes.of("mode", mode, "padding_mode", "border", "align_corners", 1);
      forms.add(form("GridSample", attributes, image, grid));
    }
    forms.add(
        form(
            "GatherND",
            none,
            x,
            Tensor.converted(ElementType.INT32, new long[] {0, 1, 2, 3}, 2, 2)));
    forms.add(form("GatherND", none, x, Tensor.of(new long[] {2, 0}, 2, 1)));
    forms.add(form("Range", none, Tensor.scalar(1f), Tensor.scalar(3f), Tensor.scalar(0.5f)));
    forms.add(form("Range", none, Tensor.vector(2), Tensor.vector(5)));
    Attributes window =
        Attributes.of(
            "kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 1}, "ceil_mode", 1);
    for (ElementType type : List.of(ElementType.UINT8, ElementType.INT8)) {
      forms.add(form("NhwcMaxPool", window, numbers(type, 1, 5, 4, 2)));
    }
    Tensor weights = numbers(ElementType.FLOAT32, 2, 3, 3, 3);
    Attributes strides = Attributes.of("strides", new long[] {2, 2});
    forms.add(
        form("ConvTransposeWithDynamicPads", strides, image, weights, Tensor.vector(1, 0, 1, 1)));
    return forms.stream();
  }

  private static Tensor numbers(ElementType type, long... sizes) {
    double[] elements = new double[(int) Shape.elements(sizes)];
    boolean floating = type.isFloating();
    Arrays.setAll(elements, i -> (i * 7 + 3) % 23 * (floating ? 0.37 : 1) - (floating ? 4 : 0));
    return Tensor.converted(type, elements, sizes);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void standardOperatorsComputeTheSame(Form form) {
    Graph own = graph(form);
    Path file = folder.resolve("form.onnx");
    OnnxWriter.write(own, file);
    Graph read = OnnxReader.read(file).graph();
    assertThat(read.nodes()).allMatch(node -> node.type().domain().isEmpty());
    Tensor expected = run(own, form.x());
    Tensor found = run(read, form.x());
    assertThat(found.type()).isEqualTo(expected.type());
    assertThat(found.sizes()).isEqualTo(expected.sizes());
    double[] ofExpected = expected.toDoubles();
    double[] ofFound = found.toDoubles();
    for (int i = 0; i < ofFound.length; i++) {
      assertThat(ofFound[i]).isEqualTo(ofExpected[i], within(TOLERANCE));
    }
  }

  private static Graph graph(Form form) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    List<String> inputs = new ArrayList<>();
    inputs.add(builder.input("x", form.x().type(), form.x().shape()).name());
    for (Tensor other : form.others()) {
      inputs.add(builder.constant(other).name());
    }
    builder.add(
        new Node(
            "node",
            new OperatorType("com.microsoft", form.operator()),
            inputs,
            List.of("y"),
            form.attributes(),
            Map.of()),
        List.of(new Value("y", form.output(), Shape.unknown())));
    return builder.build(List.of("y"));
  }

  private static Tensor run(Graph graph, Tensor x) {
    try (Session session = Session.compile(graph, SessionSettings.SMALL)) {
      return session.run(Map.of("x", x)).get("y");
    }
  }
}
