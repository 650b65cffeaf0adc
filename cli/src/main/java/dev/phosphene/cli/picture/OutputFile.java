package dev.phosphene.cli.picture;

import dev.phosphene.graph.PhospheneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks, before the work begins, that its result can be written. */
public final class OutputFile {
  private OutputFile() {}

  /**
   * Checks a file to be written; it need not exist.
   *
   * @throws PhospheneException where it is a directory, its folder is missing, or it cannot be
   *     written
   */
  public static void requireWritable(Path file) {
    if (Files.isDirectory(file)) {
      throw new PhospheneException(
          "Cannot write %s: it is a directory; name a file in it".formatted(file));
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new PhospheneException(
          "Cannot write %s: there is no folder %s; create it first".formatted(file, folder));
    }
    boolean writable = Files.exists(file) ? Files.isWritable(file) : Files.isWritable(folder);
    if (!writable) {
      throw new PhospheneException(
          "Cannot write %s: no permission; choose another place with -o".formatted(file));
    }
  }

  /**
   * Makes a folder for several files, unless it is there.
   *
   * @throws PhospheneException where it cannot be made or written to
   */
  public static void createFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new PhospheneException(
          "Cannot make the folder %s: choose another with -o".formatted(folder), e);
    }
    if (!Files.isWritable(folder)) {
      throw new PhospheneException(
          "Cannot write to the folder %s: choose another with -o".formatted(folder));
    }
  }

  /** Whether a file's name ends in this extension, whatever the case of its letters. */
  public static boolean hasExtension(Path file, String extension) {
    String name = String.valueOf(file.getFileName());
    int start = name.length() - extension.length();
    return start > 0 && name.regionMatches(true, start, extension, 0, extension.length());
  }
}
