package dev.phosphene.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DepthOrderTest {
  private final GraphBuilder builder = new GraphBuilder(StandardOperators.table());

  /** As in a gradient: what comes back is multiplied by a mask of what was computed before. */
  private Graph gradient() {
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(1, 64));
    Value forward = add("Relu", "forward", x);
    Value further = add("Sin", "further", forward);
    Value last = add("Tanh", "last", further);
    Value back = add("Exp", "back", last);
    Value mask = add("HardSigmoid", "mask", forward);
    add("Mul", "gradient", back, mask);
    return builder.build(List.of("gradient"));
  }

  private Value add(String operator, String name, Value... arguments) {
    return builder
        .add(
            new Node(
                name,
                OperatorType.of(operator),
                List.of(arguments).stream().map(Value::name).toList(),
                List.of(name),
                Attributes.none(),
                Map.of()))
        .get(0);
  }

  @Test
  void ordersNodesByHowManyLeadToThem() {
    assertThat(DepthOrder.of(gradient()).nodes())
        .extracting(node -> node.output(0))
        .containsExactly("forward", "further", "mask", "last", "back", "gradient");
  }

  /** As the derivative of a swish: of two arrays, which both would have to be kept for it. */
  @Test
  void whatIsMadeOfSeveralArraysIsMadeEarly() {
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(1, 64));
    Value forward = add("Relu", "forward", x);
    Value sigmoid = add("Sigmoid", "sigmoid", forward);
    Value swish = add("Mul", "swish", forward, sigmoid);
    Value last = add("Tanh", "last", swish);
    Value back = add("Exp", "back", last);
    Value sum = add("Add", "sum", forward, sigmoid);
    Value derivative = add("Neg", "derivative", sum);
    add("Mul", "gradient", back, derivative);
    assertThat(DepthOrder.of(builder.build(List.of("gradient"))).nodes())
        .extracting(node -> node.output(0))
        .containsExactly(
            "forward", "sigmoid", "swish", "last", "back", "sum", "derivative", "gradient");
  }

  @Test
  void theRuntimeMakesAMaskWhenItIsNeeded() {
    try (Session session =
        Session.compile(gradient(), SessionSettings.SMALL.withThreads(1).withProfile(true))) {
      Tensor x = Tensor.of(new float[64], 1, 64);
      session.run(Map.of("x", x));
      session.run(Map.of("x", x));
      assertThat(session.profile())
          .extracting(NodeTime::node)
          .containsExactly("forward", "further", "last", "back", "mask", "gradient");
    }
  }
}
