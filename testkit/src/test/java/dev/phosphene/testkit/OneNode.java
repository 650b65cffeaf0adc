package dev.phosphene.testkit;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.GradientRules;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
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

/**
 * A graph of one node, to ask for its gradient at chosen points, such as kinks, where finite
 * differences say nothing.
 *
 * @param constants arguments after those that are differentiated; floating ones follow the
 *     precision
 */
record OneNode(OperatorType type, Attributes attributes, List<Tensor> constants) {
  static OneNode of(String operator, Tensor... constants) {
    return new OneNode(OperatorType.of(operator), Attributes.none(), List.of(constants));
  }

  OneNode with(Object... namesAndValues) {
    return new OneNode(type, Attributes.of(namesAndValues), constants);
  }

  /** The gradient at the only input, for ones at the output of the same number of elements. */
  double[] gradient(GradientRules rules, ElementType precision, double... x) {
    double[] ones = new double[x.length];
    Arrays.fill(ones, 1);
    return gradients(rules, precision, ones, List.of(x)).get(0);
  }

  /**
   * The gradients at all inputs, which are vectors.
   *
   * @param upstream the gradient at the output
   */
  List<double[]> gradients(
      GradientRules rules, ElementType precision, double[] upstream, List<double[]> inputs) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Map<String, Tensor> given = new LinkedHashMap<>();
    List<Value> wanted = new ArrayList<>();
    List<String> arguments = new ArrayList<>();
    for (double[] input : inputs) {
      Tensor tensor = Tensor.converted(precision, input, input.length);
      Value value = builder.input("x" + wanted.size(), precision, tensor.shape());
      given.put(value.name(), tensor);
      wanted.add(value);
      arguments.add(value.name());
    }
    for (Tensor constant : constants) {
      boolean follows = constant.type().isFloating();
      arguments.add(builder.constant(follows ? constant.as(precision) : constant).name());
    }
    Tensor seed = Tensor.converted(precision, upstream, upstream.length);
    Value target =
        builder
            .add(
                new Node("node", type, arguments, List.of("y"), attributes, Map.of()),
                List.of(new Value("y", precision, seed.shape())))
            .get(0);
    Value gradient = builder.input("upstream", precision, seed.shape());
    given.put("upstream", seed);
    List<String> names =
        Differentiation.vectorJacobianProducts(builder, target, gradient, wanted, rules).stream()
            .map(value -> builder.apply("Identity", value).name())
            .toList();
    try (Session session =
        Session.compile(builder.build(names).reaching(names), SessionSettings.SMALL)) {
      given.keySet().retainAll(session.inputs().stream().map(Value::name).toList());
      Map<String, Tensor> results = session.run(given);
      return names.stream().map(name -> results.get(name).toDoubles()).toList();
    }
  }
}
