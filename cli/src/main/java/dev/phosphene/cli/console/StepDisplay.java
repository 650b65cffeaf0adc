package dev.phosphene.cli.console;

import dev.phosphene.visualize.Iteration;
import dev.phosphene.visualize.callback.PrintLosses;
import org.jspecify.annotations.Nullable;

/** Shows the steps of a run: a bar, or with {@code --verbose} the losses of every step. */
public final class StepDisplay implements Iteration.Listener, AutoCloseable {
  private final Console console;
  private final String task;
  private final PrintLosses losses;
  private @Nullable Progress progress;

  /**
   * Shows nothing yet.
   *
   * @param task what stands before the bar
   */
  public StepDisplay(Console console, String task) {
    this.console = console;
    this.task = task;
    this.losses = new PrintLosses(console::detail);
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
    losses.onIteration(iteration);
  }

  @Override
  public void close() {
    if (progress != null) {
      progress.close();
    }
  }
}
