package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * Writes a file so that it appears whole or not at all.
 *
 * <p>The content goes to a hidden file in the same folder, which then takes the target's name in
 * one step. Whatever fails before (the content, the disk, a signal that ends the process), the
 * hidden file is removed and an older file of that name stays as it was. A target that is a device
 * or a pipe is written directly.
 */
public final class WholeFile {
  private WholeFile() {}

  /** Produces the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything to the stream; it is buffered and need not be closed. */
    void writeTo(OutputStream stream) throws IOException;
  }

  /**
   * Writes a file, replacing one of the same name.
   *
   * @throws PhospheneException where the target is a directory, its folder does not exist, or it
   *     cannot be written
   */
  public static void write(Path target, Content content) {
    if (Files.isDirectory(target)) {
      throw new PhospheneException(
          "%s: expected a file to write, found a directory: add a file name".formatted(target));
    }
    Path destination = followed(target);
    Path parent = destination.toAbsolutePath().getParent();
    Path name = destination.getFileName();
    if (parent == null || name == null || !Files.isDirectory(parent)) {
      throw new PhospheneException(
          "%s: cannot be written because the folder %s does not exist: create it first"
              .formatted(target, parent));
    }
    try {
      if (Files.exists(destination) && !Files.isRegularFile(destination)) {
        fill(destination, content);
      } else if (Files.exists(destination) && !Files.isWritable(destination)) {
        throw new AccessDeniedException(destination.toString());
      } else {
        replace(destination, parent.resolve(".%s.%s.partial".formatted(name, unique())), content);
      }
    } catch (AccessDeniedException e) {
      throw new PhospheneException(
          "%s: no permission to write it: choose another folder or change its permissions"
              .formatted(target),
          e);
    } catch (IOException | UncheckedIOException e) {
      throw new PhospheneException(
          "%s: could not be written (%s): nothing was left behind".formatted(target, reason(e)), e);
    }
  }

  /** A link is followed, so that the file it points to is replaced and not the link itself. */
  private static Path followed(Path target) {
    if (!Files.isSymbolicLink(target)) {
      return target;
    }
    try {
      return target.toRealPath();
    } catch (IOException e) {
      throw new PhospheneException(
          "%s: cannot be written because it is a link that leads nowhere: remove it"
              .formatted(target),
          e);
    }
  }

  private static void replace(Path destination, Path partial, Content content) throws IOException {
    // An interrupt from the keyboard ends the process without running any finally block.
    Thread removal = new Thread(() -> removeQuietly(partial), "remove-partial-file");
    boolean guarded = guard(removal);
    try {
      Files.createFile(partial); // fails where anything has that name
      fill(partial, content);
      try {
        Files.move(partial, destination, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(partial, destination, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      removeQuietly(partial);
      if (guarded) {
        unguard(removal);
      }
    }
  }

  /** By a stream that an interrupt of the thread does not close, as it does those of channels. */
  private static void fill(Path file, Content content) throws IOException {
    try (OutputStream stream = new BufferedOutputStream(new FileOutputStream(file.toFile()))) {
      content.writeTo(stream);
    }
  }

  private static boolean guard(Thread removal) {
    try {
      Runtime.getRuntime().addShutdownHook(removal);
      return true;
    } catch (IllegalStateException e) { // the process is ending: this write is part of its end
      return false;
    }
  }

  private static void unguard(Thread removal) {
    try {
      Runtime.getRuntime().removeShutdownHook(removal);
    } catch (IllegalStateException e) {
      // The process is ending and the hook runs anyway; it finds nothing to remove.
    }
  }

  private static void removeQuietly(Path partial) {
    try {
      Files.deleteIfExists(partial);
    } catch (IOException e) {
      // The failure that led here is the one to report.
    }
  }

  private static String unique() {
    return UUID.randomUUID().toString().substring(0, 8);
  }

  private static String reason(Exception failure) {
    Throwable cause =
        failure instanceof UncheckedIOException unchecked ? unchecked.getCause() : failure;
    if (cause instanceof NoSuchFileException) {
      return "the folder vanished";
    }
    String message = String.valueOf(cause.getMessage());
    int lastColon = message.lastIndexOf(": "); // file exceptions repeat the path before the reason
    return (lastColon < 0 ? message : message.substring(lastColon + 2))
        .lines()
        .findFirst()
        .orElse("");
  }
}
