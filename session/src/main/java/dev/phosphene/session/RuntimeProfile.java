package dev.phosphene.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The file in which the runtime notes the time of every kernel that it runs, in a folder of its
 * own.
 */
final class RuntimeProfile implements AutoCloseable {
  private static final String KERNEL_TIME = "_kernel_time";

  private final Path folder;

  RuntimeProfile() {
    try {
      folder = Files.createTempDirectory("phosphene-profile");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** How the runtime is to call the file, before an ending of its own. */
  String prefix() {
    return folder.resolve("step").toString();
  }

  /** The nodes in the order of their first run; the first run, which plans memory, is left out. */
  List<NodeTime> read(Path file) {
    Map<String, List<Double>> times = new LinkedHashMap<>();
    Map<String, String> operators = new LinkedHashMap<>();
    try {
      for (JsonNode event : new ObjectMapper().readTree(file.toFile())) {
        String name = event.path("name").asText();
        if (event.path("cat").asText().equals("Node") && name.endsWith(KERNEL_TIME)) {
          String node = name.substring(0, name.length() - KERNEL_TIME.length());
          operators.put(node, event.path("args").path("op_name").asText());
          times
              .computeIfAbsent(node, first -> new ArrayList<>())
              .add(event.path("dur").asDouble() / 1e3);
        }
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return times.entrySet().stream()
        .map(
            entry ->
                new NodeTime(entry.getKey(), operators.get(entry.getKey()), mean(entry.getValue())))
        .toList();
  }

  private static double mean(List<Double> runs) {
    List<Double> counted = runs.size() > 1 ? runs.subList(1, runs.size()) : runs;
    return counted.stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
