package dev.phosphene.session.cache;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.file.MappedFile;
import dev.phosphene.model.onnx.GraphDigest;
import dev.phosphene.model.onnx.KeptModel;
import dev.phosphene.model.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder that keeps graphs as they are arranged for the runtime's kernels, so that the next start
 * with the same model, layer and kind of recipe need not arrange them, and the runtime maps their
 * weights from there instead of copying them.
 *
 * <p>A graph is found again by its {@link GraphDigest}, the {@link Build} and what else decides how
 * it is arranged; results are the same to the last bit. Files appear whole or not at all, and one
 * that is damaged is written anew. Several processes may use a folder at once. Above {@link
 * #LARGEST} bytes, those files are deleted that were not used for longest. What else is in the
 * folder stays.
 */
public final class SessionCache {
  /** Bytes that a folder holds: those of some twenty large networks. */
  static final long LARGEST = 8L << 30;

  /** A file that is still being written after this was left by a process that was killed. */
  private static final Duration LONGEST_WRITING = Duration.ofDays(1);

  private static final String ENDING = ".session";
  private static final Pattern KEPT = Pattern.compile("[0-9a-f]{64}\\.session");
  private static final Pattern UNFINISHED =
      Pattern.compile("\\.[0-9a-f]{64}\\.session\\.[0-9a-f]+\\.part");

  private final Path folder;
  private final long largest;
  private final Consumer<String> notes;

  private SessionCache(Path folder, long largest, Consumer<String> notes) {
    this.folder = folder;
    this.largest = largest;
    this.notes = notes;
  }

  /** A file of the folder. */
  private record Kept(Path file, long size, FileTime used) {}

  /**
   * A cache in a folder, which is made where it is not there.
   *
   * @param notes takes a line where something could not be kept; what asked for it goes on without
   * @throws PhospheneException where there can be no such folder, or nothing can be written there
   */
  public static SessionCache in(Path folder, Consumer<String> notes) {
    return in(folder, LARGEST, notes);
  }

  static SessionCache in(Path folder, long largest, Consumer<String> notes) {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException file) {
      throw new PhospheneException(
          "Cannot keep anything in %s: it is not a folder".formatted(folder), file);
    } catch (IOException e) {
      throw new PhospheneException(
          "Cannot make the folder %s: %s".formatted(folder, MappedFile.reason(e)), e);
    }
    if (!Files.isWritable(folder)) {
      throw new PhospheneException(
          "Cannot keep anything in %s: no permission to write there".formatted(folder));
    }
    return new SessionCache(folder, largest, notes);
  }

  /**
   * A graph as it was kept, or as it is kept now.
   *
   * @param circumstances what the arranged form depends on besides the graph
   * @param arranged makes that form, where it is not kept yet
   * @return empty where it cannot be kept
   */
  public Optional<OnnxWriter.Detached> get(
      Graph graph, List<String> circumstances, Supplier<Graph> arranged) {
    Optional<String> build = Build.current();
    if (build.isEmpty()) {
      return notKept("it cannot be told which build of Phosphene this is");
    }
    List<String> all = new ArrayList<>(circumstances);
    all.add(build.get());
    GraphDigest digest = GraphDigest.of(graph, all);
    Path file = folder.resolve(digest.text() + ENDING);
    Optional<OnnxWriter.Detached> kept = KeptModel.read(file, digest);
    if (kept.isPresent()) {
      touch(file);
      return kept;
    }
    try {
      KeptModel.write(arranged.get(), digest, file);
    } catch (IOException e) {
      return notKept(MappedFile.reason(e));
    }
    shrink();
    // What was arranged lies in native memory, which Java gives back when it collects its garbage:
    // without this, resnet50 would start with 770 MB in the place of 530.
    System.gc();
    return KeptModel.read(file, digest)
        .or(
            () ->
                notKept(
                    "the model has changed meanwhile, or ONNX Runtime cannot be told its name"));
  }

  private Optional<OnnxWriter.Detached> notKept(String reason) {
    notes.accept(
        "Could not keep what was compiled in %s, so the next start will take as long: %s"
            .formatted(folder, reason));
    return Optional.empty();
  }

  /** It was used now. */
  private static void touch(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (IOException e) {
      // It only counts as used less lately than it was.
    }
  }

  /** Deletes what was not used for longest, but for what was written last. */
  private void shrink() {
    List<Kept> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        String name = String.valueOf(file.getFileName());
        FileTime used = Files.getLastModifiedTime(file);
        if (KEPT.matcher(name).matches()) {
          files.add(new Kept(file, Files.size(file), used));
        } else if (UNFINISHED.matcher(name).matches()
            && used.toInstant().isBefore(Instant.now().minus(LONGEST_WRITING))) {
          Files.deleteIfExists(file);
        }
      }
      files.sort(Comparator.comparing(Kept::used).reversed());
      long sum = files.isEmpty() ? 0 : files.get(0).size();
      for (Kept kept : files.subList(Math.min(1, files.size()), files.size())) {
        sum += kept.size();
        if (sum > largest) {
          Files.deleteIfExists(kept.file());
        }
      }
    } catch (IOException e) {
      // Another process deletes the same files, or holds one open; the next to write tries again.
    }
  }
}
