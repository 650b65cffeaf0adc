package dev.phosphene.cli.console;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar on the terminal that shows how far the work is. */
public final class Progress implements AutoCloseable {
  private static final int COLUMNS = 79;
  private static final int UPDATE_MILLISECONDS = 200;

  private final @Nullable ProgressBar bar;

  private Progress(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  static Progress hidden() {
    return new Progress(null);
  }

  static Progress shown(String task, long steps) {
    PrintStream err = System.err;
    return new Progress(
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(steps)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(UPDATE_MILLISECONDS)
            .setConsumer(new ConsoleProgressBarConsumer(err, COLUMNS))
            .build());
  }

  /** Shows that this many steps are done. */
  public void at(long steps) {
    if (bar != null) {
      bar.stepTo(steps);
    }
  }

  /** Says beside the bar what the work is at. */
  public void say(String what) {
    if (bar != null) {
      bar.setExtraMessage(what);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
