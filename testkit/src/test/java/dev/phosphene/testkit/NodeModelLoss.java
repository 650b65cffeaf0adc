package dev.phosphene.testkit;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A number that is differentiated at one input of a test, the other inputs being constants: the sum
 * of all elements of all floating outputs, each times a random weight.
 */
final class NodeModelLoss {
  /** What half precision is good to. */
  private static final double HALF_TOLERANCE = 5e-2;

  private final NodeModel model;
  private final String input;
  private final Graph graph;
  private final GraphBuilder builder;
  private final Map<String, Tensor> weights = new LinkedHashMap<>();

  NodeModelLoss(NodeModel model, String input) {
    this.model = model;
    this.input = input;
    List<String> others =
        model.inputs().keySet().stream().filter(name -> !name.equals(input)).toList();
    this.graph = NodeModelRun.specialized(model.fixing(others));
    this.builder = GraphBuilder.from(graph, StandardOperators.table());
  }

  NodeModelGradient.Result check() {
    Tensor point = model.inputs().get(input);
    boolean random = graph.nodes().stream().anyMatch(NodeModelRun::isRandom);
    if (random || (point.type() != ElementType.FLOAT32 && point.type() != ElementType.FLOAT64)) {
      return NodeModelGradient.Result.NONE;
    }
    List<Value> terms = terms(point.type());
    if (terms.isEmpty()) {
      return NodeModelGradient.Result.NONE;
    }
    Value loss = terms.stream().reduce(builder::add).orElseThrow();
    List<Value> wanted = List.of(builder.value(input));
    Value found = Differentiation.gradients(builder, loss, wanted, StandardRules.rules()).get(0);
    // Rounding counts as if it were not there: differences would say something else.
    if (graph.nodes().stream().anyMatch(StandardRules.rules()::isStraightThrough)) {
      return NodeModelGradient.Result.NONE;
    }
    List<String> gradient = List.of(builder.apply("Identity", found).name());
    List<String> outputs = List.copyOf(weights.keySet());
    try (Session forward = compile(outputs);
        Session backward = compile(gradient)) {
      return new NodeModelGradient(input, forward, backward, weights, tolerance()).check(point);
    }
  }

  /** The weighted sum of each floating output. */
  private List<Value> terms(ElementType type) {
    Random random = new Random(graph.nodes().size());
    List<Value> terms = new ArrayList<>();
    for (String output : graph.outputs()) {
      Value value = builder.value(output);
      if (!value.type().isFloating() || !value.shape().isStatic()) {
        continue;
      }
      Value kept = builder.apply("Identity", value);
      double[] factors = new double[CaseInputs.elements(value.shape().sizes())];
      Tensor stored = model.outputs().get(graph.outputs().indexOf(output));
      for (int i = 0; i < factors.length; i++) {
        double factor = (0.5 + random.nextDouble()) * (random.nextBoolean() ? 1 : -1);
        // What is infinite has no slope.
        factors[i] = Double.isFinite(stored.getDouble(i)) ? factor : 0;
      }
      Tensor weight = Tensor.of(factors, value.shape().sizes());
      weights.put(kept.name(), weight);
      long[] axes = new long[value.rank()];
      Arrays.setAll(axes, axis -> axis);
      Value product = builder.multiply(builder.cast(kept, type), builder.constant(weight.as(type)));
      terms.add(axes.length == 0 ? product : builder.reduceSum(product, false, axes));
    }
    return terms;
  }

  private Session compile(List<String> outputs) {
    return Session.compile(builder.build(outputs).reaching(outputs), SessionSettings.SMALL);
  }

  private double tolerance() {
    boolean half =
        graph.values().stream()
            .map(Value::type)
            .anyMatch(type -> type == ElementType.FLOAT16 || type == ElementType.BFLOAT16);
    return half ? HALF_TOLERANCE : GradientCheck.FLOAT32_DIFFERENCES_TOLERANCE;
  }
}
