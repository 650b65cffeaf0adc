package dev.phosphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The built program, run as a person runs it: a process with arguments, output and a status. */
final class Program {
  private static final long PATIENCE_SECONDS = 120;

  private final Path folder;
  private final List<String> javaOptions;

  /**
   * Prepares runs.
   *
   * @param folder in which the program is called
   * @param javaOptions besides those of the launcher
   */
  Program(Path folder, String... javaOptions) {
    this.folder = folder;
    this.javaOptions = List.of(javaOptions);
  }

  /**
   * What a run left.
   *
   * @param status that it ended with
   * @param output all of standard output
   * @param errors lines on standard error
   */
  record Result(int status, String output, List<String> errors) {}

  /** A run under way. */
  record Run(Process process, Path output, Path errors) {
    /** Waits until standard error holds a text. */
    void awaitError(String text) throws IOException, InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (!Files.readString(errors).contains(text)) {
        assertThat(process.isAlive()).as("running; said %s", Files.readString(errors)).isTrue();
        assertThat(System.nanoTime()).as("time").isLessThan(end);
        Thread.sleep(50);
      }
    }

    /** What Ctrl-C does. */
    void interrupt() throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
    }

    Result finish() throws IOException, InterruptedException {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("No end within " + PATIENCE_SECONDS + " s");
      }
      Result result =
          new Result(
              process.exitValue(),
              Files.readString(output),
              Files.readString(errors).lines().toList());
      Files.delete(output);
      Files.delete(errors);
      return result;
    }
  }

  Result run(String... arguments) throws IOException, InterruptedException {
    return start(arguments).finish();
  }

  /** Starts the program and does not wait for its end. */
  Run start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(heedingInterrupts());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
    command.addAll(javaOptions);
    command.addAll(List.of("-jar", System.getProperty("phosphene.jar")));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("phosphene", ".out");
    Path errors = Files.createTempFile("phosphene", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS"); // Java announces them on standard error
    return new Run(builder.start(), output, errors);
  }

  /** A build in the background of a shell ignores interrupts, and so do the programs it starts. */
  private static List<String> heedingInterrupts() {
    return Files.isExecutable(Path.of("/usr/bin/env"))
        ? List.of("/usr/bin/env", "--default-signal=INT")
        : List.of();
  }
}
