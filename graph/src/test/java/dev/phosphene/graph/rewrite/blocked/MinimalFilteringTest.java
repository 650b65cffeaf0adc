package dev.phosphene.graph.rewrite.blocked;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MinimalFilteringTest {
  static Stream<MinimalFiltering> filterings() {
    return Stream.of(
        new MinimalFiltering(3, 2),
        new MinimalFiltering(2, 3),
        new MinimalFiltering(3, 4),
        new MinimalFiltering(5, 2),
        new MinimalFiltering(2, 5));
  }

  @ParameterizedTest
  @MethodSource("filterings")
  void filtersAsTheDefinitionDoes(MinimalFiltering filtering) {
    Random random = new Random(filtering.taps());
    double[] filter = random.doubles(filtering.taps(), -1, 1).toArray();
    double[] inputs = random.doubles(filtering.products(), -1, 1).toArray();
    double bias = 0.7;
    double[] products =
        IntStream.range(0, filtering.products())
            .mapToDouble(
                product ->
                    dot(filtering.ofTaps(product), filter, 0)
                            * dot(filtering.ofInputs(product), inputs, 0)
                        + bias * filtering.ofBias(product))
            .toArray();
    for (int output = 0; output < filtering.outputs(); output++) {
      assertThat(dot(filtering.ofProducts(output), products, 0))
          .isCloseTo(dot(filter, inputs, output) + bias, within(1e-14));
    }
  }

  private static double dot(double[] factors, double[] values, int first) {
    return IntStream.range(0, factors.length)
        .mapToDouble(i -> factors[i] * values[first + i])
        .sum();
  }

  /** The matrices of F(2, 3) in the paper of Lavin and Gray, section 4.1, but for signs. */
  @Test
  void readsInputsAsPublished() {
    MinimalFiltering filtering = new MinimalFiltering(3, 2);
    assertThat(filtering.ofInputs(0)).containsExactly(-1, 0, 1, 0);
    assertThat(filtering.ofInputs(1)).containsExactly(0, 1, 1, 0);
    assertThat(filtering.ofInputs(2)).containsExactly(0, -1, 1, 0);
    assertThat(filtering.ofInputs(3)).containsExactly(0, -1, 0, 1);
    assertThat(filtering.ofTaps(1)).containsExactly(0.5, 0.5, 0.5);
  }

  /** What is exact in double precision and few bits is so in single precision. */
  @Test
  void factorsOfInputsAndProductsAreExact() {
    MinimalFiltering filtering = new MinimalFiltering(3, 4);
    for (int product = 0; product < filtering.products(); product++) {
      for (double factor : filtering.ofInputs(product)) {
        assertThat((double) (float) factor).isEqualTo(factor);
      }
    }
    for (int output = 0; output < filtering.outputs(); output++) {
      for (double factor : filtering.ofProducts(output)) {
        assertThat((double) (float) factor).isEqualTo(factor);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 3", "7, 2", "1, 1", "0, 4"})
  void refusesOtherNumbersOfProducts(int taps, int outputs) {
    assertThatThrownBy(() -> new MinimalFiltering(taps, outputs))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
