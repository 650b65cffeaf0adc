package dev.phosphene.visualize;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.Model;
import dev.phosphene.model.onnx.OnnxWriter;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The tiny smooth network (tanh, softplus) for which keras-vis' results are stored, as an ONNX file
 * with Keras' layout {@code [N, 24, 20, 3]} and Keras' layer names.
 */
public final class SmoothNetwork {
  private final GraphBuilder builder = new GraphBuilder(StandardOperators.table());

  private SmoothNetwork() {}

  /** Writes the network into a folder and opens it. */
  public static Model in(Path folder) {
    Path file = folder.resolve("smooth.onnx");
    SmoothNetwork network = new SmoothNetwork();
    String output = network.build();
    OnnxWriter.write(network.builder.build(List.of(output)), file);
    return Model.open(file);
  }

  /** A stored array. */
  static Tensor stored(String name) {
    try {
      return NumpyFile.read(
          Path.of(SmoothNetwork.class.getResource("kerasvis/" + name + ".npy").toURI()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private String build() {
    Shape shape = Shape.of(-1, 24, 20, 3).with(0, Dimension.symbolic("N"));
    Value image = builder.input("image", ElementType.FLOAT32, shape);
    Value x = builder.transpose(image, 0, 3, 1, 2);
    x = convolution("conv_a", "Tanh", x, "SAME_UPPER", 1);
    x =
        node(
            "pool_a",
            "AveragePool",
            Attributes.of("kernel_shape", new int[] {2, 2}, "strides", new int[] {2, 2}),
            x);
    x = convolution("conv_b", "Softplus", x, "SAME_UPPER", 2);
    x = convolution("conv_c", "Tanh", x, "VALID", 1);
    x = node("gap", "GlobalAveragePool", Attributes.none(), x);
    x = node("flatten", "Flatten", Attributes.none(), x);
    x = dense("hidden", "Tanh", x);
    return dense("predictions", "Softmax", x).name();
  }

  private Value convolution(String layer, String activation, Value x, String pad, int stride) {
    Value kernel = weight(layer, "kernel");
    Value convolved =
        node(
            layer,
            "Conv",
            Attributes.of("auto_pad", pad, "strides", new int[] {stride, stride}),
            x,
            builder.transpose(kernel, 3, 2, 0, 1),
            weight(layer, "bias"));
    return node(layer, activation, Attributes.none(), convolved);
  }

  private Value dense(String layer, String activation, Value x) {
    Value product =
        node(layer, "Gemm", Attributes.none(), x, weight(layer, "kernel"), weight(layer, "bias"));
    return node(layer, activation, Attributes.none(), product);
  }

  private Value weight(String layer, String name) {
    return builder.constant(layer + "." + name, stored(layer + "." + name));
  }

  private Value node(String layer, String operator, Attributes attributes, Value... inputs) {
    Node node =
        new Node(
            "/" + layer + "/" + operator,
            OperatorType.of(operator),
            Stream.of(inputs).map(Value::name).toList(),
            List.of(layer + "." + operator),
            attributes,
            Map.of());
    return builder.add(node).get(0);
  }
}
