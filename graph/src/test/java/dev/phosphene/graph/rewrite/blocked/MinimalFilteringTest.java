package dev.phosphene.graph.rewrite.blocked;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MinimalFilteringTest {
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void filtersAsTheDefinitionDoes(int taps) {
    MinimalFiltering filtering = new MinimalFiltering(taps);
    Random random = new Random(taps);
    double[] filter = random.doubles(taps, -1, 1).toArray();
    double[] inputs = random.doubles(MinimalFiltering.PRODUCTS, -1, 1).toArray();
    double[] products =
        IntStream.range(0, MinimalFiltering.PRODUCTS)
            .mapToDouble(
                product ->
                    dot(filtering.ofTaps(product), filter, 0)
                        * dot(filtering.ofInputs(product), inputs, 0))
            .toArray();
    for (int output = 0; output < filtering.outputs(); output++) {
      assertThat(dot(filtering.ofProducts(output), products, 0))
          .isCloseTo(dot(filter, inputs, output), within(1e-14));
    }
  }

  private static double dot(double[] factors, double[] values, int first) {
    return IntStream.range(0, factors.length)
        .mapToDouble(i -> factors[i] * values[first + i])
        .sum();
  }

  /** The matrix of F(4, 3) in the paper of Lavin and Gray, section 4.3. */
  @Test
  void readsInputsAsPublished() {
    MinimalFiltering filtering = new MinimalFiltering(3);
    assertThat(filtering.outputs()).isEqualTo(4);
    assertThat(filtering.ofInputs(0)).containsExactly(4, 0, -5, 0, 1, 0);
    assertThat(filtering.ofInputs(1)).containsExactly(0, -4, -4, 1, 1, 0);
    assertThat(filtering.ofInputs(4)).containsExactly(0, 2, -1, -2, 1, 0);
    assertThat(filtering.ofInputs(5)).containsExactly(0, 4, 0, -5, 0, 1);
  }
}
