package dev.phosphene.visualize;

import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Computes a part of a graph that is built from one input. */
public final class Evaluation {
  private Evaluation() {}

  public static Tensor of(BiFunction<GraphBuilder, Value, Value> part, Tensor input) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value given = builder.input("given", ElementType.FLOAT32, input.shape());
    String output = part.apply(builder, given).name();
    try (Session session = Session.compile(builder.build(List.of(output)), SessionSettings.SMALL)) {
      return session.run(Map.of("given", input)).get(output);
    }
  }
}
