package dev.phosphene.cli;

import dev.phosphene.demo.EmbeddedNetwork;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Model;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Models by the names that a person gives them: a file, or the embedded network. */
final class ModelSource {
  /** What the embedded network is called in the place of a file. */
  static final String EMBEDDED = "demo";

  private ModelSource() {}

  /**
   * Opens a model.
   *
   * @throws PhospheneException where it cannot be read
   */
  static Model open(String name) {
    if (name.equals(EMBEDDED)) {
      return Model.open(EmbeddedNetwork.extractModel(temporaryFolder()), EMBEDDED);
    }
    return Model.open(file(name));
  }

  /**
   * The file of this name.
   *
   * @throws PhospheneException where no file can have it
   */
  static Path file(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new PhospheneException("\"%s\" cannot be the name of a file".formatted(name), e);
    }
  }

  /** Whether this name stands for a file. */
  static boolean isFile(String name) {
    return !name.equals(EMBEDDED);
  }

  /**
   * A folder that vanishes with this process, with the files that were made in it by the names they
   * have here: a model's weights stay in its mapped file as long as it is used.
   */
  static Path temporaryFolder() {
    try {
      Path folder = Files.createTempDirectory("phosphene");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder), "remove-temporary"));
      return folder;
    } catch (IOException e) {
      throw new PhospheneException(
          "Cannot make a temporary folder in %s: free some space or set java.io.tmpdir"
              .formatted(System.getProperty("java.io.tmpdir")),
          e);
    }
  }

  private static void delete(Path folder) {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException | UncheckedIOException e) {
      // The system empties its temporary folder in its own time.
    }
  }
}
