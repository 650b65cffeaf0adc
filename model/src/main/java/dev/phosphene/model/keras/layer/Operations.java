package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import dev.phosphene.tensor.ElementType;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The table of operations: of {@code keras.ops} in functional models, by class name, which
 * functions of TensorFlow share ({@link TensorFlowFunctions}).
 */
final class Operations {
  private static final Map<String, LayerBuilder> ROWS = rows();

  private Operations() {}

  static void register(Registration table) {
    ROWS.forEach((name, builder) -> table.layers(KerasLayers.OPERATION + name, builder));
  }

  /** The rows by class name. */
  static Map<String, LayerBuilder> table() {
    return ROWS;
  }

  private static Map<String, LayerBuilder> rows() {
    Map<String, LayerBuilder> rows = new LinkedHashMap<>();
    arithmetic(rows);
    functions(rows);
    activations(rows);
    reductions(rows);
    ShapeOperations.rows(rows);
    return Collections.unmodifiableMap(rows);
  }

  /** Adds an operation with one output. */
  static void row(
      Map<String, LayerBuilder> rows, String name, Function<Operands, Value> operation) {
    rows.put(name, call -> List.of(operation.apply(new Operands(call))));
  }

  private static void pairs(Map<String, LayerBuilder> rows, String name, String operator) {
    row(rows, name, o -> o.graph().apply(operator, o.pair().get(0), o.pair().get(1)));
  }

  private static void arithmetic(Map<String, LayerBuilder> rows) {
    pairs(rows, "Add", "Add");
    pairs(rows, "Subtract", "Sub");
    pairs(rows, "Multiply", "Mul");
    row(rows, "Divide", Operations::divide);
    row(rows, "TrueDivide", Operations::divide);
    pairs(rows, "Power", "Pow");
    pairs(rows, "Maximum", "Max");
    pairs(rows, "Minimum", "Min");
    row(
        rows,
        "FloorDivide",
        o -> o.graph().apply("Floor", o.graph().divide(o.pair().get(0), o.pair().get(1))));
    pairs(rows, "Equal", "Equal");
    row(
        rows,
        "NotEqual",
        o -> o.graph().apply("Not", o.graph().equal(o.pair().get(0), o.pair().get(1))));
    pairs(rows, "Greater", "Greater");
    pairs(rows, "GreaterEqual", "GreaterOrEqual");
    pairs(rows, "Less", "Less");
    pairs(rows, "LessEqual", "LessOrEqual");
    row(rows, "SquaredDifference", o -> squaredDifference(o.graph(), o.pair()));
    logic(rows, "LogicalAnd", "And");
    logic(rows, "LogicalOr", "Or");
    logic(rows, "LogicalXor", "Xor");
    row(rows, "LogicalNot", o -> o.graph().apply("Not", isTrue(o.graph(), o.input())));
    row(rows, "Matmul", Operations::matrixProduct);
    row(rows, "Einsum", Operations::einsum);
    row(rows, "Where", Operations::where);
    row(rows, "Clip", Operations::clip);
  }

  private static void logic(Map<String, LayerBuilder> rows, String name, String operator) {
    row(
        rows,
        name,
        o ->
            o.graph()
                .apply(
                    operator,
                    isTrue(o.graph(), o.pair().get(0)),
                    isTrue(o.graph(), o.pair().get(1))));
  }

  private static Value isTrue(Emitter graph, Value x) {
    return graph.cast(x, ElementType.BOOL);
  }

  private static Value squaredDifference(Emitter graph, List<Value> pair) {
    return graph.square(graph.subtract(pair.get(0), pair.get(1)));
  }

  /** Quotients of integers are floating-point numbers. */
  private static Value divide(Operands o) {
    List<Value> pair = o.pair();
    boolean isFloating = pair.get(0).type().isFloating();
    ElementType type = isFloating ? pair.get(0).type() : ElementType.FLOAT32;
    return o.graph().divide(o.graph().cast(pair.get(0), type), o.graph().cast(pair.get(1), type));
  }

  private static Value matrixProduct(Operands o) {
    List<Value> pair = o.pair();
    Value a = o.flag("transpose_a") ? lastSwapped(o, pair.get(0)) : pair.get(0);
    Value b = o.flag("transpose_b") ? lastSwapped(o, pair.get(1)) : pair.get(1);
    return o.graph().matrixMultiply(a, b);
  }

  private static Value lastSwapped(Operands o, Value x) {
    int[] order = new int[x.rank()];
    Arrays.setAll(order, axis -> axis);
    order[x.rank() - 1] = x.rank() - 2;
    order[x.rank() - 2] = x.rank() - 1;
    return o.graph().transpose(x, order);
  }

  private static Value einsum(Operands o) {
    String equation = o.plain(Integer.MAX_VALUE, "subscripts", "equation").asText("");
    Value[] operands = o.call().inputs().toArray(Value[]::new);
    return EinsteinProducts.einsum(o.graph(), equation.replace(" ", ""), operands);
  }

  private static Value where(Operands o) {
    Value condition = isTrue(o.graph(), o.value(0, ElementType.BOOL, "condition"));
    boolean hasThen = o.hasTensor(1, "x1", "x");
    boolean hasElse = o.hasTensor(2, "x2", "y");
    ElementType type = ElementType.FLOAT32;
    if (hasThen) {
      type = o.value(1, type, "x1", "x").type();
    } else if (hasElse) {
      type = o.value(2, type, "x2", "y").type();
    }
    Value then = o.graph().cast(o.value(1, type, "x1", "x"), type);
    Value otherwise = o.graph().cast(o.value(2, type, "x2", "y"), type);
    return o.graph().where(condition, then, otherwise);
  }

  private static Value clip(Operands o) {
    double low = o.number(Double.NEGATIVE_INFINITY, "x_min", "clip_value_min");
    double high = o.number(Double.POSITIVE_INFINITY, "x_max", "clip_value_max");
    return Activations.clip(o.graph(), o.value(0, ElementType.FLOAT32, "x", "t"), low, high);
  }

  private static void function(
      Map<String, LayerBuilder> rows, String name, BiFunction<Emitter, Value, Value> function) {
    row(rows, name, o -> function.apply(o.graph(), o.input()));
  }

  private static void functions(Map<String, LayerBuilder> rows) {
    for (String same :
        List.of(
            "Exp",
            "Log",
            "Sqrt",
            "Reciprocal",
            "Sign",
            "Sin",
            "Cos",
            "Tan",
            "Sinh",
            "Cosh",
            "Tanh",
            "Erf",
            "Floor",
            "Ceil",
            "Round")) {
      function(rows, same, (graph, x) -> graph.apply(same, x));
    }
    Map<String, String> others =
        Map.of(
            "Absolute",
            "Abs",
            "Abs",
            "Abs",
            "Negative",
            "Neg",
            "Arcsin",
            "Asin",
            "Arccos",
            "Acos",
            "Arctan",
            "Atan",
            "Arcsinh",
            "Asinh",
            "Arccosh",
            "Acosh",
            "Arctanh",
            "Atanh");
    others.forEach(
        (name, operator) -> function(rows, name, (graph, x) -> graph.apply(operator, x)));
    function(rows, "Square", Emitter::square);
    function(rows, "Rsqrt", (graph, x) -> graph.reciprocal(graph.squareRoot(x)));
    function(rows, "Expm1", (graph, x) -> graph.add(graph.exponential(x), -1));
    function(rows, "Log1p", (graph, x) -> graph.logarithm(graph.add(x, 1)));
    function(rows, "Log2", (g, x) -> g.multiply(g.logarithm(x), 1 / Math.log(2)));
    function(rows, "Log10", (g, x) -> g.multiply(g.logarithm(x), 1 / Math.log(10)));
    for (String nothing : List.of("Copy", "Identity", "ConvertToTensor", "Array")) {
      function(rows, nothing, (graph, x) -> graph.apply("Identity", x));
    }
    function(rows, "ZerosLike", (graph, x) -> graph.multiply(x, 0));
    function(rows, "OnesLike", (graph, x) -> graph.add(graph.multiply(x, 0), 1));
  }

  private static void activations(Map<String, LayerBuilder> rows) {
    Map<String, String> names =
        Map.ofEntries(
            Map.entry("Relu", "relu"),
            Map.entry("Relu6", "relu6"),
            Map.entry("Sigmoid", "sigmoid"),
            Map.entry("SparseSigmoid", "sparse_sigmoid"),
            Map.entry("Softplus", "softplus"),
            Map.entry("Softsign", "softsign"),
            Map.entry("SparsePlus", "sparse_plus"),
            Map.entry("Silu", "silu"),
            Map.entry("LogSigmoid", "log_sigmoid"),
            Map.entry("HardSigmoid", "hard_sigmoid"),
            Map.entry("HardSilu", "hard_silu"),
            Map.entry("Selu", "selu"),
            Map.entry("TanhShrink", "tanh_shrink"),
            Map.entry("HardTanh", "hard_tanh"),
            Map.entry("Mish", "mish"));
    names.forEach((name, own) -> row(rows, name, o -> Activations.named(o.call(), own, o.input())));
    row(
        rows,
        "LeakyRelu",
        o -> Activations.leakyRelu(o.graph(), o.input(), o.number(0.2, "negative_slope", "alpha")));
    row(rows, "Elu", o -> Activations.elu(o.graph(), o.input(), o.number(1, "alpha")));
    row(
        rows,
        "Celu",
        o -> o.graph().apply("Celu", Attributes.of("alpha", o.number(1, "alpha")), o.input()));
    row(
        rows,
        "Gelu",
        o ->
            o.graph()
                .apply(
                    "Gelu",
                    Attributes.of("approximate", o.flag("approximate") ? "tanh" : "none"),
                    o.input()));
    row(rows, "Softmax", o -> Activations.softmax(o.graph(), o.input(), o.integer(1, -1, "axis")));
    row(
        rows,
        "LogSoftmax",
        o -> {
          Attributes attributes = Attributes.of("axis", o.integer(1, -1, "axis"));
          return o.graph().apply("LogSoftmax", attributes, o.input());
        });
    row(
        rows,
        "Threshold",
        o -> {
          double limit = o.number(0, "threshold");
          return Activations.threshold(
              o.graph(), o.input(), limit, o.number(0, "default_value", "value"));
        });
  }

  private static void reductions(Map<String, LayerBuilder> rows) {
    Map<String, String> operators =
        Map.of(
            "Mean",
            "ReduceMean",
            "Sum",
            "ReduceSum",
            "Max",
            "ReduceMax",
            "Amax",
            "ReduceMax",
            "Min",
            "ReduceMin",
            "Amin",
            "ReduceMin",
            "Prod",
            "ReduceProd",
            "Logsumexp",
            "ReduceLogSumExp");
    operators.forEach((name, operator) -> row(rows, name, o -> reduced(o, operator)));
    row(rows, "Var", o -> variance(o));
    row(rows, "Std", o -> o.graph().squareRoot(variance(o)));
    row(rows, "Any", o -> anyTrue(o, "ReduceMax"));
    row(rows, "All", o -> anyTrue(o, "ReduceMin"));
    row(rows, "Argmax", o -> position(o, "ArgMax"));
    row(rows, "Argmin", o -> position(o, "ArgMin"));
    row(
        rows,
        "Normalize",
        o -> {
          Value x = o.input();
          double smallest =
              o.number(1e-12, "epsilon"); // Keras: of the norm; TensorFlow: its square
          boolean isKeras = o.call().className().equals("Normalize");
          double norm = isKeras ? smallest : Math.sqrt(smallest);
          if (isKeras && o.number(2, "order") != 2) {
            throw o.call().error("only the Euclidean norm is supported; export the model as ONNX");
          }
          return Normalizations.unit(o.graph(), x, norm, o.axes(x, "axis"));
        });
  }

  private static Value reduced(Operands o, String operator) {
    Value x = o.input();
    return o.graph().reduce(operator, x, o.flag("keepdims"), o.axes(x, "axis"));
  }

  /** Whether any, or with the smallest all, elements along some axes are true. */
  private static Value anyTrue(Operands o, String operator) {
    Value x = o.input();
    Value numbers = o.graph().cast(isTrue(o.graph(), x), ElementType.FLOAT32);
    Value found = o.graph().reduce(operator, numbers, o.flag("keepdims"), o.axes(x, "axis"));
    return isTrue(o.graph(), found);
  }

  private static Value variance(Operands o) {
    Value x = o.input();
    long[] axes = o.axes(x, "axis");
    Value centered = o.graph().subtract(x, o.graph().reduceMean(x, true, axes));
    return o.graph().reduceMean(o.graph().square(centered), o.flag("keepdims"), axes);
  }

  private static Value position(Operands o, String operator) {
    Attributes attributes =
        Attributes.of("axis", o.integer(1, 0, "axis"), "keepdims", o.flag("keepdims") ? 1 : 0);
    return o.graph().apply(operator, attributes, o.input());
  }
}
