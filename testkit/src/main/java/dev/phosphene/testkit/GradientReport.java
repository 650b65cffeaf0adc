package dev.phosphene.testkit;

import dev.phosphene.gradient.GradientCase;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a gradient check found on one case.
 *
 * @param comparisons every error that was measured
 * @param problems what went wrong besides errors that are too large, a line each
 */
public record GradientReport(
    GradientCase checked, List<Comparison> comparisons, List<String> problems) {

  /**
   * One measured error.
   *
   * @param subject what was compared
   * @param error relative to the largest element of the true gradient
   * @param tolerance the largest error that passes
   */
  public record Comparison(String subject, double error, double tolerance) {
    public boolean passed() {
      return error <= tolerance; // never true for NaN
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%s %.1e (at most %.0e)%s", subject, error, tolerance, passed() ? "" : " !");
    }
  }

  public GradientReport {
    comparisons = List.copyOf(comparisons);
    problems = List.copyOf(problems);
  }

  public boolean passed() {
    return problems.isEmpty() && comparisons.stream().allMatch(Comparison::passed);
  }

  /** Case and largest error relative to its tolerance, in one line. */
  public String summary() {
    return (passed() ? "ok    " : "WRONG ")
        + checked
        + comparisons.stream()
            .max(Comparator.comparingDouble(each -> each.error() / each.tolerance()))
            .map(worst -> ": " + worst)
            .orElse("");
  }

  /** Everything, a line each. */
  @Override
  public String toString() {
    return checked
        + "\n"
        + problems.stream().map(problem -> "  " + problem + "\n").collect(Collectors.joining())
        + comparisons.stream().map(each -> "  " + each + "\n").collect(Collectors.joining());
  }
}
