package dev.phosphene.visualize.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Evaluation;
import dev.phosphene.visualize.References;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jitter against what NumPy rolls, for one to three axes, and what it draws. */
class JitterTest {
  private static final References STORED = References.of("jitter");

  @ParameterizedTest
  @ValueSource(strings = {"one_axis", "two_axes", "three_axes"})
  void rollsTheImageAndItsGradientBack(String name) {
    JsonNode facts = STORED.facts(name);
    List<Double> amounts = new ArrayList<>();
    facts.get("amounts").forEach(amount -> amounts.add(amount.asDouble()));
    Jitter jitter = new Jitter(amounts);
    long seed = facts.get("seed").asLong();
    Tensor input = STORED.array(name, "input");
    Tensor slope = STORED.array(name, "slope");

    Tensor rolled = Evaluation.of((graph, image) -> build(jitter, graph, image, seed), input);
    STORED.assertClose(rolled, name, "rolled", 1e-9);
    Tensor gradient =
        Evaluation.of(
            (graph, image) -> {
              Value product =
                  graph.multiply(build(jitter, graph, image, seed), graph.constant(slope));
              Value total = graph.reduceSum(product, false, graph.axesFrom(product, 0));
              return Differentiation.gradients(graph, total, List.of(image), StandardRules.rules())
                  .get(0);
            },
            input);
    STORED.assertClose(gradient, name, "gradient", 1e-9);
  }

  private static Value build(Jitter jitter, Emitter graph, Value image, long seed) {
    return jitter.build(
        graph,
        image,
        (name, sampler, sizes) ->
            graph.constant(Tensor.of(sampler.draw(new Random(seed)), 1, sizes[0])));
  }

  @Test
  void drawsEveryShiftUpToTheLargest() {
    Set<Float> drawn = new HashSet<>();
    Random random = new Random(3);
    Tensor image = Tensor.of(new float[10], 1, 1, 10);
    Evaluation.of(
        (graph, given) ->
            new Jitter(0.25)
                .build(
                    graph,
                    given,
                    (name, sampler, sizes) -> {
                      for (int i = 0; i < 200; i++) {
                        drawn.add(sampler.draw(random)[0]);
                      }
                      return graph.constant(Tensor.of(new float[1], 1, 1));
                    }),
        image);
    assertThat(drawn).containsExactlyInAnyOrder(-2f, -1f, 0f, 1f, 2f);
  }

  @Test
  void refusesAmountsThatAreNone() {
    for (double amount : new double[] {-1, -0.01, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new Jitter(amount))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("0 or more, found " + amount);
    }
    assertThatThrownBy(() -> new Jitter(List.of())).isInstanceOf(PhospheneException.class);
  }
}
