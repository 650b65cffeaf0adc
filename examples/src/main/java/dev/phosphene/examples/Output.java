package dev.phosphene.examples;

import dev.phosphene.image.Image;
import dev.phosphene.image.PngFile;
import java.io.PrintStream;
import java.nio.file.Path;

/** Where an example writes, and what it says. */
final class Output {
  private final Path folder;
  private final PrintStream lines;

  private Output(Path folder, PrintStream lines) {
    this.folder = folder;
    this.lines = lines;
  }

  /** To the folder that is the only argument, or the current one. */
  static Output of(String[] arguments) {
    return new Output(Path.of(arguments.length > 0 ? arguments[0] : ""), System.out);
  }

  /** Writes a picture. */
  void picture(String name, Image picture) {
    Path file = folder.resolve(name);
    PngFile.write(file, picture);
    say("Wrote " + file);
  }

  /** A file in the folder. */
  Path file(String name) {
    return folder.resolve(name);
  }

  void say(String line) {
    lines.println(line);
  }
}
