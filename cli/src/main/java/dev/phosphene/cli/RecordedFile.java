package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file that a picture was made from, found again: where it was, or beside the picture. */
final class RecordedFile {
  private RecordedFile() {}

  /**
   * Finds the file.
   *
   * @param what it is, for messages
   * @param recorded as the user named it then
   * @param picture that carries the record
   * @param given where the user says that it is; null where the user does not
   * @param option with which the user can say so
   * @throws PhospheneException where it is not found
   */
  static Path find(
      String what, String recorded, Path picture, @Nullable Path given, String option) {
    if (given != null) {
      return given;
    }
    for (Path candidate : candidates(recorded, picture)) {
      if (Files.isRegularFile(candidate)) {
        return candidate;
      }
    }
    throw new PhospheneException(
        "The %s %s of %s is neither there nor beside the picture; name it with %s"
            .formatted(what, recorded, picture, option));
  }

  private static List<Path> candidates(String recorded, Path picture) {
    List<Path> candidates = new ArrayList<>();
    try {
      Path path = Path.of(recorded);
      candidates.add(path);
      Path name = path.getFileName();
      if (name != null) {
        candidates.add(picture.resolveSibling(name));
      }
    } catch (InvalidPathException e) {
      // Recorded on a system with other names for files; the option is the way out.
    }
    return candidates;
  }
}
