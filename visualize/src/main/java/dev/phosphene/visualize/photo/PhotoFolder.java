package dev.phosphene.visualize.photo;

import dev.phosphene.graph.PhospheneException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The picture files of a folder and of the folders in it, sorted by their names: those that end in
 * jpg, jpeg, png, gif or bmp. Hidden files and folders are ignored, and symbolic links not
 * followed, so that nothing outside the folder is shown.
 *
 * @param path of the folder
 * @param names of the files, relative to the folder, with {@code /} between folders
 */
public record PhotoFolder(Path path, List<String> names) {
  /** Most files that are looked at: a million, a little less than ImageNet has photos. */
  private static final int MAXIMUM_FILES = 1 << 20;

  /** Folders within folders. */
  private static final int MAXIMUM_DEPTH = 16;

  private static final Set<String> EXTENSIONS = Set.of("jpg", "jpeg", "png", "gif", "bmp");

  public PhotoFolder {
    names = List.copyOf(names);
  }

  /**
   * Lists a folder.
   *
   * @throws PhospheneException where there is no such folder, it cannot be read, or it has no
   *     pictures or too many
   */
  public static PhotoFolder open(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new PhospheneException(
          "%s: expected a folder of photos, found %s"
              .formatted(folder, Files.exists(folder) ? "a file" : "nothing: check the path"));
    }
    Listing listing = listing(folder);
    if (listing.names.isEmpty()) {
      throw new PhospheneException(
          "%s: expected a folder of photos, found no file that ends in jpg, png, gif or bmp%s"
              .formatted(folder, listing.links > 0 ? " (symbolic links are not followed)" : ""));
    }
    return new PhotoFolder(folder, listing.names.stream().sorted().toList());
  }

  private static Listing listing(Path folder) {
    try {
      Listing listing = new Listing(folder.toRealPath()); // it may be a link itself: it was named
      Files.walkFileTree(listing.start, Set.of(), MAXIMUM_DEPTH, listing);
      return listing;
    } catch (IOException e) {
      throw new PhospheneException(
          "%s: the folder of photos, or one in it, cannot be read: check its permissions"
              .formatted(folder),
          e);
    }
  }

  /** The file of a name. */
  public Path file(String name) {
    return path.resolve(name);
  }

  /** Collects names. */
  private static final class Listing extends SimpleFileVisitor<Path> {
    private final Path start;
    private final List<String> names = new ArrayList<>();
    private int files;
    private int links;

    Listing(Path start) {
      this.start = start;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return isHidden(folder) && !folder.equals(start)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (++files > MAXIMUM_FILES) {
        throw new PhospheneException(
            "%s: expected a folder of at most %d files; choose a smaller one"
                .formatted(start, MAXIMUM_FILES));
      }
      if (attributes.isSymbolicLink()) {
        links++;
      } else if (attributes.isRegularFile() && !isHidden(file) && isPicture(file)) {
        names.add(start.relativize(file).toString().replace('\\', '/'));
      }
      return FileVisitResult.CONTINUE;
    }

    private static boolean isHidden(Path file) {
      return String.valueOf(file.getFileName()).startsWith(".");
    }

    private static boolean isPicture(Path file) {
      String name = String.valueOf(file.getFileName());
      return EXTENSIONS.contains(
          name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }
  }
}
