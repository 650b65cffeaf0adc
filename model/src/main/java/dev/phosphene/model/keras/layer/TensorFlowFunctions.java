package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import java.util.List;
import java.util.Map;

/**
 * Functions of TensorFlow that tf.keras 2 has as layers in functional models: {@code TFOpLambda},
 * and {@code SlicingOpLambda} for {@code x[...]}. Each is an operation of {@link Operations}.
 */
final class TensorFlowFunctions {
  private static final Map<String, String> OPERATIONS =
      Map.ofEntries(
          Map.entry("math.add", "Add"),
          Map.entry("__operators__.add", "Add"),
          Map.entry("nn.bias_add", "Add"),
          Map.entry("math.subtract", "Subtract"),
          Map.entry("__operators__.sub", "Subtract"),
          Map.entry("math.multiply", "Multiply"),
          Map.entry("__operators__.mul", "Multiply"),
          Map.entry("math.truediv", "TrueDivide"),
          Map.entry("math.divide", "TrueDivide"),
          Map.entry("__operators__.truediv", "TrueDivide"),
          Map.entry("math.pow", "Power"),
          Map.entry("__operators__.pow", "Power"),
          Map.entry("math.maximum", "Maximum"),
          Map.entry("math.minimum", "Minimum"),
          Map.entry("math.squared_difference", "SquaredDifference"),
          Map.entry("math.equal", "Equal"),
          Map.entry("math.not_equal", "NotEqual"),
          Map.entry("math.greater", "Greater"),
          Map.entry("math.greater_equal", "GreaterEqual"),
          Map.entry("math.less", "Less"),
          Map.entry("math.less_equal", "LessEqual"),
          Map.entry("math.logical_and", "LogicalAnd"),
          Map.entry("math.logical_or", "LogicalOr"),
          Map.entry("math.logical_not", "LogicalNot"),
          Map.entry("linalg.matmul", "Matmul"),
          Map.entry("einsum", "Einsum"),
          Map.entry("where", "Where"),
          Map.entry("clip_by_value", "Clip"),
          Map.entry("math.abs", "Absolute"),
          Map.entry("math.exp", "Exp"),
          Map.entry("math.log", "Log"),
          Map.entry("math.log1p", "Log1p"),
          Map.entry("math.sqrt", "Sqrt"),
          Map.entry("math.rsqrt", "Rsqrt"),
          Map.entry("math.square", "Square"),
          Map.entry("math.negative", "Negative"),
          Map.entry("math.reciprocal", "Reciprocal"),
          Map.entry("math.sign", "Sign"),
          Map.entry("math.sin", "Sin"),
          Map.entry("math.cos", "Cos"),
          Map.entry("math.erf", "Erf"),
          Map.entry("math.tanh", "Tanh"),
          Map.entry("nn.tanh", "Tanh"),
          Map.entry("math.sigmoid", "Sigmoid"),
          Map.entry("nn.sigmoid", "Sigmoid"),
          Map.entry("nn.relu", "Relu"),
          Map.entry("nn.relu6", "Relu6"),
          Map.entry("nn.elu", "Elu"),
          Map.entry("nn.selu", "Selu"),
          Map.entry("nn.gelu", "Gelu"),
          Map.entry("nn.silu", "Silu"),
          Map.entry("nn.swish", "Silu"),
          Map.entry("nn.leaky_relu", "LeakyRelu"),
          Map.entry("nn.softmax", "Softmax"),
          Map.entry("nn.log_softmax", "LogSoftmax"),
          Map.entry("math.softplus", "Softplus"),
          Map.entry("nn.softsign", "Softsign"),
          Map.entry("math.l2_normalize", "Normalize"),
          Map.entry("math.reduce_mean", "Mean"),
          Map.entry("math.reduce_sum", "Sum"),
          Map.entry("math.reduce_max", "Max"),
          Map.entry("math.reduce_min", "Min"),
          Map.entry("math.reduce_prod", "Prod"),
          Map.entry("math.reduce_variance", "Var"),
          Map.entry("math.reduce_std", "Std"),
          Map.entry("math.reduce_logsumexp", "Logsumexp"),
          Map.entry("math.argmax", "Argmax"),
          Map.entry("math.cumsum", "Cumsum"),
          Map.entry("reshape", "Reshape"),
          Map.entry("transpose", "Transpose"),
          Map.entry("expand_dims", "ExpandDims"),
          Map.entry("squeeze", "Squeeze"),
          Map.entry("concat", "Concatenate"),
          Map.entry("stack", "Stack"),
          Map.entry("unstack", "Unstack"),
          Map.entry("split", "Split"),
          Map.entry("tile", "Tile"),
          Map.entry("repeat", "Repeat"),
          Map.entry("reverse", "Flip"),
          Map.entry("pad", "Pad"),
          Map.entry("cast", "Cast"),
          Map.entry("gather", "Take"),
          Map.entry("identity", "Identity"),
          Map.entry("__operators__.getitem", "GetItem"));

  private TensorFlowFunctions() {}

  static void register(Registration table) {
    table
        .layers("TFOpLambda", TensorFlowFunctions::called)
        .layers("SlicingOpLambda", TensorFlowFunctions::called);
  }

  private static List<Value> called(LayerCall call) {
    String function = call.config().text("function", "").replace("compat.v1.", "");
    String operation = OPERATIONS.get(function);
    LayerBuilder builder = operation == null ? null : Operations.table().get(operation);
    if (builder == null) {
      throw call.error(
          "function \"tf.%s\" is not known; register %s with KerasLayers.STANDARD.with(...), or export the model as ONNX"
              .formatted(function, call.className()));
    }
    return builder.build(call);
  }
}
