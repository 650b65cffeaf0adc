package dev.phosphene.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * A file as it was at some time: who opens it again by its path can tell whether another has taken
 * its place.
 *
 * @param path absolute, without symbolic links
 * @param identity what the file system tells files apart by; "null" where it has nothing of that
 *     kind
 */
public record FileVersion(Path path, long size, FileTime modified, String identity) {

  /**
   * A file as it is now.
   *
   * @throws IOException where it cannot be looked at
   */
  public static FileVersion of(Path file) throws IOException {
    Path path = file.toRealPath();
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    return new FileVersion(
        path,
        attributes.size(),
        attributes.lastModifiedTime(),
        String.valueOf(attributes.fileKey()));
  }

  /** Whether the path still leads to this file, and nobody has written to it. */
  public boolean isCurrent() {
    try {
      return equals(of(path));
    } catch (IOException gone) {
      return false;
    }
  }
}
