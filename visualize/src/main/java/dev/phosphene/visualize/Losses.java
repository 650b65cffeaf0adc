package dev.phosphene.visualize;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The losses of one picture at one step.
 *
 * @param overall weighted sum of all terms
 * @param terms each loss that counts, by its label, before it is weighted; in the recipe's order
 */
public record Losses(double overall, Map<String, Double> terms) {
  public Losses {
    terms = Collections.unmodifiableMap(new LinkedHashMap<>(terms));
  }

  /** Whether the overall loss and all terms are numbers that one can go on with. */
  public boolean isFinite() {
    return Double.isFinite(overall) && terms.values().stream().allMatch(Double::isFinite);
  }
}
