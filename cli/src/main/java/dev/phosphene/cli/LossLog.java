package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.visualize.Iteration;
import dev.phosphene.visualize.callback.JsonLines;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file with the losses of every step, a line of JSON each, written as they come. */
final class LossLog implements Iteration.Listener, AutoCloseable {
  private final Path file;
  private final JsonLines lines = new JsonLines(this::write);
  private @Nullable BufferedWriter writer;

  /** A log that appears with its first line. */
  LossLog(Path file) {
    this.file = file;
  }

  @Override
  public void onIteration(Iteration iteration) {
    lines.onIteration(iteration);
  }

  private void write(String line) {
    try {
      if (writer == null) {
        writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
      }
      writer.write(line);
      writer.write("\n");
      writer.flush(); // whoever follows the file is to see each step
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private PhospheneException unwritable(IOException cause) {
    return new PhospheneException(
        "Cannot write the log %s: %s".formatted(file, cause.getMessage()), cause);
  }

  @Override
  public void close() {
    try {
      if (writer != null) {
        writer.close();
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }
}
