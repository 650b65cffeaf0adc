package dev.phosphene.model;

import dev.phosphene.graph.PhospheneException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Names of classes from a text file: UTF-8, a name on each line, in the order of the outputs. */
public final class Labels {
  /** Bytes of a file; the names of twenty thousand classes take a twentieth of it. */
  private static final long LARGEST_FILE = 8 << 20;

  private Labels() {}

  /**
   * Reads such a file. Blank lines at its end do not count.
   *
   * @throws PhospheneException where it cannot be read, is too large or no text, has no names, or
   *     has a blank line between them
   */
  public static List<String> read(Path file) {
    List<String> labels = lines(file).stripTrailing().lines().map(Labels::clean).toList();
    if (labels.isEmpty()) {
      throw new PhospheneException("%s has no labels; expected one on each line".formatted(file));
    }
    int blank = labels.indexOf("");
    if (blank >= 0) {
      throw new PhospheneException(
          "Line %d of labels %s is blank; expected a name on each line".formatted(blank + 1, file));
    }
    return labels;
  }

  private static String lines(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new PhospheneException("%s is a folder; expected a text file".formatted(file));
      }
      if (Files.size(file) > LARGEST_FILE) {
        throw new PhospheneException(
            "%s has more than %d bytes, too many for labels".formatted(file, LARGEST_FILE));
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new PhospheneException("There is no file %s to read labels from".formatted(file), e);
    } catch (CharacterCodingException e) {
      throw new PhospheneException(
          "%s is no text in UTF-8; expected a label on each line".formatted(file), e);
    } catch (IOException e) {
      throw new PhospheneException("Cannot read labels %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Without a byte order mark, and without characters that would move a terminal's cursor. */
  private static String clean(String line) {
    return line.replace("\uFEFF", "").replaceAll("\\p{Cntrl}", " ").strip();
  }
}
