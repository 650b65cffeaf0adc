package dev.phosphene.graph.operator;

import static dev.phosphene.graph.operator.Microsoft.spec;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.OperatorSpec.ShapeInference;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Operators of ONNX Runtime's own domain on quantized numbers. */
final class MicrosoftQuantized {
  private static final ShapeInference SAME = node -> node.output(0, node.type(0), node.shape(0));

  private MicrosoftQuantized() {}

  static List<OperatorSpec> specs() {
    return List.of(
        spec("DynamicQuantizeMatMul", node -> quantizedProduct(node, node.type(0))),
        spec("MatMulIntegerToFloat", node -> quantizedProduct(node, node.type(2))),
        spec("MatMulInteger16", node -> quantizedProduct(node, ElementType.INT32)),
        spec("QGemm", MicrosoftQuantized::quantizedGemm),
        spec("QLinearConv", MicrosoftQuantized::convolve),
        spec("QLinearAdd", MicrosoftQuantized::combine),
        spec("QLinearMul", MicrosoftQuantized::combine),
        spec("QLinearWhere", MicrosoftQuantized::choose),
        spec("QLinearSigmoid", SAME),
        spec("QLinearLeakyRelu", SAME),
        spec("QLinearSoftmax", SAME),
        spec("QLinearAveragePool", node -> channelsFirst(node, Pooling::pool)),
        spec("QLinearGlobalAveragePool", MicrosoftQuantized::pool),
        spec("QLinearConcat", MicrosoftQuantized::concatenate),
        spec("QAttention", node -> Microsoft.attend(node, node.type(3))),
        spec("QEmbedLayerNormalization", node -> Microsoft.embed(node, node.type(8))),
        spec("DynamicQuantizeLSTM", MicrosoftQuantized::recur));
  }

  private static void convolve(Inference node) {
    channelsFirst(node, inner -> Convolution.convolve(inner, 3, inner.type(7)));
  }

  private static void quantizedProduct(Inference node, ElementType type) {
    node.output(0, type, MatrixProduct.product(node, node.shape(0), node.shape(1)));
  }

  /** Two quantized matrices, each followed by its scale and zero point; quantized where asked. */
  private static void quantizedGemm(Inference node) {
    Shape a = Microsoft.arranged(node, node.shape(0), "transBatchA", "transA");
    Shape b = Microsoft.arranged(node, node.shape(3), "transBatchB", "transB");
    ElementType type = node.has(7) ? node.type(0) : ElementType.FLOAT32;
    node.output(0, type, MatrixProduct.product(node, a, b));
  }

  /** Two quantized inputs, each followed by its scale and zero point, that broadcast. */
  private static void combine(Inference node) {
    node.output(0, node.type(0), Broadcasting.broadcast(node, node.shape(0), node.shape(3)));
  }

  private static void pool(Inference node) {
    Shape shape = node.shape(0);
    if (shape.isRankKnown()) {
      Axes.requireRankFrom(node, "the input", shape, 2);
      int first = node.attributes().flag("channels_last", false) ? 1 : 2;
      for (int axis = first; axis < shape.rank() - 2 + first; axis++) {
        shape = shape.with(axis, Dimension.of(1));
      }
    }
    node.output(0, node.type(0), shape);
  }

  /** Parts at positions 2, 5, 8 and on, each followed by its scale and zero point. */
  private static void concatenate(Inference node) {
    Shape joined = node.shape(2);
    if (joined.isRankKnown()) {
      int axis = Axes.normalize(node, node.attributes().integer("axis", 0), joined.rank());
      for (int input = 5; input < node.inputs(); input += 3) {
        Shape part = node.shape(input);
        if (!part.isRankKnown()) {
          joined = joined.with(axis, Dimension.unknown());
          continue;
        }
        Axes.requireRank(node, "every part", part, joined.rank());
        Dimension a = joined.dimension(axis);
        Dimension b = part.dimension(axis);
        joined =
            joined.with(
                axis,
                a.isKnown() && b.isKnown()
                    ? Dimension.of(Math.addExact(a.size(), b.size()))
                    : Dimension.unknown());
      }
    }
    node.output(0, node.type(1), joined);
  }

  /** A condition, then two quantized inputs, each followed by its scale and zero point. */
  private static void choose(Inference node) {
    Shape chosen = Broadcasting.broadcast(node, node.shape(1), node.shape(4));
    node.output(0, node.type(1), Broadcasting.broadcast(node, node.shape(0), chosen));
  }

  /** As the standard operator, whose weights are {@code [directions, 4 H, F]}; here transposed. */
  private static void recur(Inference node) {
    Shape weights = node.shape(2);
    Axes.requireRank(node, "the recurrent weights", weights, 3);
    Shape turned =
        weights.isRankKnown()
            ? Shape.of(List.of(weights.dimension(0), weights.dimension(2), weights.dimension(1)))
            : weights;
    List<Value> inputs = inputs(node);
    if (node.has(2)) {
      inputs.set(2, new Value(node.input(2).name(), node.type(2), turned));
    }
    give(node, inputs, Recurrence::infer, false);
  }

  /** Infers as if channels stood second, where attribute {@code channels_last} says otherwise. */
  private static void channelsFirst(Inference node, ShapeInference inference) {
    Shape input = node.shape(0);
    if (!node.attributes().flag("channels_last", false) || !input.isRankKnown()) {
      inference.infer(node);
      return;
    }
    Axes.requireRankFrom(node, "the input", input, 3);
    List<Dimension> sizes = new ArrayList<>(input.dimensions());
    sizes.add(1, sizes.remove(sizes.size() - 1));
    List<Value> inputs = inputs(node);
    inputs.set(0, new Value(node.input(0).name(), node.type(0), Shape.of(sizes)));
    give(node, inputs, inference, true);
  }

  private static List<Value> inputs(Inference node) {
    List<Value> inputs = new ArrayList<>();
    for (int i = 0; i < node.inputs(); i++) {
      inputs.add(node.input(i));
    }
    return inputs;
  }

  /** Takes over what is inferred of other inputs. */
  private static void give(
      Inference node, List<Value> inputs, ShapeInference inference, boolean channelsLast) {
    Inference inner = new Inference(node.node(), inputs, name -> Optional.empty());
    inference.infer(inner);
    for (int i = 0; i < inner.result().size(); i++) {
      Value found = inner.result().get(i);
      Shape shape = found.shape();
      if (channelsLast && shape.isRankKnown()) {
        List<Dimension> sizes = new ArrayList<>(shape.dimensions());
        sizes.add(sizes.remove(1));
        shape = Shape.of(sizes);
      }
      node.output(i, found.type(), shape);
    }
  }
}
