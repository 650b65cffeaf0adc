package dev.phosphene.session.cache;

import dev.phosphene.graph.Graph;
import dev.phosphene.model.onnx.OnnxWriter;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Which build of Phosphene this is: names and checksums of its own classes, wherever they are. A
 * version would not tell apart two builds on the way to the next one.
 */
final class Build {
  private static final String PACKAGE = "dev/phosphene/";

  private static final Optional<String> CURRENT = find();

  private Build() {}

  /** A line for each class; empty where they lie neither in archives nor in folders. */
  static Optional<String> current() {
    return CURRENT;
  }

  private static Optional<String> find() {
    TreeSet<String> classes = new TreeSet<>();
    try {
      for (Class<?> module : List.of(Graph.class, OnnxWriter.class, Build.class)) {
        CodeSource source = module.getProtectionDomain().getCodeSource();
        classes.addAll(classes(Path.of(source.getLocation().toURI())));
      }
    } catch (IOException | URISyntaxException | RuntimeException elsewhere) {
      return Optional.empty();
    }
    return classes.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", classes));
  }

  private static Collection<String> classes(Path place) throws IOException {
    return Files.isDirectory(place) ? inFolder(place) : inArchive(place);
  }

  private static List<String> inFolder(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder.resolve(PACKAGE))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        CRC32 checksum = new CRC32();
        checksum.update(Files.readAllBytes(file));
        lines.add(folder.relativize(file) + " " + checksum.getValue());
      }
    }
    return lines;
  }

  private static List<String> inArchive(Path archive) throws IOException {
    List<String> lines = new ArrayList<>();
    try (ZipFile file = new ZipFile(archive.toFile())) {
      for (ZipEntry entry : Collections.list(file.entries())) {
        if (entry.getName().startsWith(PACKAGE)) {
          lines.add(entry.getName() + " " + entry.getCrc());
        }
      }
    }
    return lines;
  }
}
