package dev.phosphene.cli.console;

import dev.phosphene.visualize.Iteration;
import dev.phosphene.visualize.Losses;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Shows the steps of a run: a bar, or with {@code --verbose} the losses of every step. */
public final class StepDisplay implements Iteration.Listener, AutoCloseable {
  private final Console console;
  private final String task;
  private @Nullable Progress progress;

  /**
   * Shows nothing yet.
   *
   * @param task what stands before the bar
   */
  public StepDisplay(Console console, String task) {
    this.console = console;
    this.task = task;
  }

  @Override
  public void onIteration(Iteration iteration) {
    if (progress == null) {
      console.begin();
      progress = console.progress(task, (long) iteration.allPictures() * iteration.iterations());
    }
    int pictures = iteration.filters().size();
    progress.at(
        (long) iteration.finishedPictures() * iteration.iterations()
            + (long) pictures * iteration.number());
    for (int picture = 0; picture < pictures; picture++) {
      console.detail(line(iteration, picture));
    }
  }

  private static String line(Iteration iteration, int picture) {
    String filters =
        iteration.filters().get(picture).stream()
            .map(String::valueOf)
            .collect(Collectors.joining("+"));
    Losses losses = iteration.losses().get(picture);
    String terms =
        losses.terms().entrySet().stream().map(StepDisplay::term).collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "Step %d of %d, filter %s: overall %.6g, %s",
        iteration.number(),
        iteration.iterations(),
        filters,
        losses.overall(),
        terms);
  }

  private static String term(Map.Entry<String, Double> term) {
    return String.format(Locale.ROOT, "%s %.6g", term.getKey(), term.getValue());
  }

  @Override
  public void close() {
    if (progress != null) {
      progress.close();
    }
  }
}
