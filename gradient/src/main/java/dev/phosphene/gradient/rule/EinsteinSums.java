package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradient of Einsum: for {@code "ij,jk->ik"} that at the first input is {@code "ik,jk->ij"} of
 * the gradient and the other inputs, and likewise at each.
 *
 * <p>Along an axis that only this input has, and that was summed, the gradient is repeated.
 */
final class EinsteinSums {
  private EinsteinSums() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of(
            "Einsum",
            EinsteinSums::einsum,
            einsum("ij,jk->ik", random(2, 3), random(3, 4)),
            einsum("bij, bjk -> bik", random(2, 2, 3), random(2, 3, 4)),
            einsum("bhqd,bhkd->bhqk", random(2, 2, 3, 4), random(2, 2, 5, 4)),
            einsum("ij,jk", random(2, 3), random(3, 4)),
            einsum("i,j->ij", random(2), random(3)),
            einsum("i,i->", random(3), random(3)),
            einsum("ij->ji", random(2, 3)),
            einsum("ij->i", random(2, 3)),
            einsum("ij,j->i", random(2, 3), random(3)),
            einsum("ij,k->i", random(2, 3), random(4)),
            einsum("ij,jk,kl->il", random(2, 3), random(3, 2), random(2, 4)),
            einsum("...ij,...jk->...ik", random(5, 2, 3), random(5, 3, 4)),
            einsum("...ij,jk->...ik", random(5, 2, 3), random(3, 4)),
            einsum("...ij,...jk", random(5, 2, 3), random(5, 3, 4)),
            einsum("...ii->...i", random(2, 3, 3)),
            einsum("ii", random(3, 3)),
            einsum("iij,jk->ik", random(2, 2, 3), random(3, 4))));
  }

  private static GradientCase einsum(String equation, GradientCase.Input... inputs) {
    return GradientCase.of("Einsum", inputs).with("equation", equation);
  }

  /** A factor of the product: its value, and a letter for each of its axes. */
  private record Factor(Value value, String labels) {}

  private static void einsum(Backward backward) {
    EinsumEquation equation = EinsumEquation.of(backward);
    for (int input = 0; input < backward.inputs(); input++) {
      if (backward.wants(input)) {
        backward.give(input, gradient(backward, equation, input));
      }
    }
  }

  private static Value gradient(Backward backward, EinsumEquation equation, int input) {
    List<Factor> factors = new ArrayList<>();
    factors.add(new Factor(backward.gradient(), equation.output()));
    for (int other = 0; other < backward.inputs(); other++) {
      if (other != input) {
        factors.add(new Factor(backward.input(other), equation.terms().get(other)));
      }
    }
    for (String diagonal : equation.diagonals()) {
      Value position =
          backward.constant(
              identity(equation.size(diagonal.charAt(0)), backward.gradient().type()));
      factors.add(new Factor(position, diagonal));
    }
    return stretched(backward, equation, factors, equation.terms().get(input));
  }

  private static Tensor identity(long size, ElementType type) {
    double[] elements = new double[Math.toIntExact(Math.multiplyExact(size, size))];
    for (int i = 0; i < size; i++) {
      elements[Math.toIntExact(i * size + i)] = 1;
    }
    return Tensor.converted(type, elements, size, size);
  }

  /** The product with the axes of a term, repeated along those that no factor has. */
  private static Value stretched(
      Backward backward, EinsumEquation equation, List<Factor> factors, String term) {
    List<Long> missing = new ArrayList<>();
    long[] sizes = new long[term.length()];
    StringBuilder available = new StringBuilder();
    for (int axis = 0; axis < term.length(); axis++) {
      char label = term.charAt(axis);
      sizes[axis] = equation.size(label);
      if (factors.stream().anyMatch(factor -> factor.labels().indexOf(label) >= 0)) {
        available.append(label);
      } else {
        missing.add((long) axis);
      }
    }
    Value product = product(backward, factors, available.toString());
    if (missing.isEmpty()) {
      return product;
    }
    long[] axes = missing.stream().mapToLong(Long::longValue).toArray();
    return backward.expand(backward.unsqueeze(product, axes), sizes);
  }

  private static Value product(Backward backward, List<Factor> factors, String output) {
    List<String> terms = factors.stream().map(Factor::labels).toList();
    String equation = String.join(",", terms) + "->" + output;
    Value[] values = factors.stream().map(Factor::value).toArray(Value[]::new);
    return backward.apply("Einsum", Attributes.of("equation", equation), values);
  }
}
