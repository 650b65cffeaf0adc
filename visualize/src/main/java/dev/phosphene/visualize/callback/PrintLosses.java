package dev.phosphene.visualize.callback;

import dev.phosphene.visualize.Iteration;
import dev.phosphene.visualize.Losses;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Tells every loss of every step, one line a picture: keras-vis' Print. Useful to find weights.
 *
 * <pre>{@code
 * run.onIteration(new PrintLosses(System.out::println));
 * }</pre>
 *
 * @param lines receives each line
 */
public record PrintLosses(Consumer<String> lines) implements Iteration.Listener {
  @Override
  public void onIteration(Iteration iteration) {
    for (int picture = 0; picture < iteration.filters().size(); picture++) {
      lines.accept(line(iteration, picture));
    }
  }

  private static String line(Iteration iteration, int picture) {
    Losses losses = iteration.losses().get(picture);
    String terms =
        losses.terms().entrySet().stream().map(PrintLosses::term).collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "Step %d of %d, %soverall %.6g, %s",
        iteration.number(),
        iteration.iterations(),
        filters(iteration, picture),
        losses.overall(),
        terms);
  }

  /** Which picture a line is about; nothing where there is only one. */
  private static String filters(Iteration iteration, int picture) {
    return iteration.allPictures() == 1
        ? ""
        : "filter %s: "
            .formatted(
                iteration.filters().get(picture).stream()
                    .map(String::valueOf)
                    .collect(Collectors.joining("+")));
  }

  private static String term(Map.Entry<String, Double> term) {
    return String.format(Locale.ROOT, "%s %.6g", term.getKey(), term.getValue());
  }
}
