package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.testkit.NodeModelRun.Kind;
import dev.phosphene.testkit.NodeModelRun.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The ONNX project's own operator tests, in the folder {@code -Dphosphene.nodeModels=DIR} that
 * {@code benchmark/peers/node_models.py} writes. Those that do not pass stand in {@code
 * node_models.txt} with the reason; {@code -Dphosphene.regenerate=true} writes it again.
 */
@EnabledIfSystemProperty(named = "phosphene.nodeModels", matches = ".+")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeModelsTest {
  private static final Path LISTED =
      Path.of("src", "test", "resources", "dev", "phosphene", "testkit", "node_models.txt");

  private static final String HEAD =
      """
      # Operator tests of the ONNX project that do not pass, and why; NodeModelsTest reads the first two columns.
      """;

  private final Map<String, Outcome> outcomes = Collections.synchronizedMap(new TreeMap<>());

  @TestFactory
  Stream<DynamicTest> models() throws IOException {
    Map<String, Kind> listed = listed();
    String chosen = System.getProperty("phosphene.nodeModel", "");
    try (Stream<Path> folders =
        Files.list(Path.of(System.getProperty("phosphene.nodeModels", "")))) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("model.onnx")))
          .filter(folder -> folder.getFileName().toString().contains(chosen))
          .sorted()
          .map(folder -> test(folder, listed))
          .toList()
          .stream();
    }
  }

  private DynamicTest test(Path folder, Map<String, Kind> listed) {
    String name = folder.getFileName().toString();
    return DynamicTest.dynamicTest(
        name,
        () -> {
          Outcome outcome = outcome(folder);
          outcomes.put(name, outcome);
          if (!Boolean.getBoolean("phosphene.regenerate")) {
            Kind found = isPassed(outcome) ? Kind.PASSED : outcome.kind();
            assertThat(found)
                .as("%s: %s", name, outcome.reason())
                .isEqualTo(listed.getOrDefault(name, Kind.PASSED));
          }
        });
  }

  private static Outcome outcome(Path folder) throws IOException {
    try {
      return new NodeModelRun(folder.resolve("model.onnx"), NodeModel.read(folder)).outcome();
    } catch (NodeModel.UnsupportedValueException unsupported) {
      return new Outcome(Kind.NOT_IMPLEMENTED, unsupported.getMessage());
    } catch (PhospheneException failure) {
      return new Outcome(Kind.FAILED, failure.getMessage());
    }
  }

  private static boolean isPassed(Outcome outcome) {
    return outcome.kind() == Kind.PASSED || outcome.kind() == Kind.WITHOUT_GRADIENT;
  }

  private static Map<String, Kind> listed() throws IOException {
    Map<String, Kind> listed = new TreeMap<>();
    if (Files.exists(LISTED)) {
      for (String line : Files.readAllLines(LISTED, StandardCharsets.UTF_8)) {
        if (!line.startsWith("#")) {
          String[] columns = line.split("\t", 3);
          listed.put(columns[0], Kind.valueOf(columns[1]));
        }
      }
    }
    return listed;
  }

  /** A reason without folders of this machine and source files of the runtime. */
  private static String withoutPlaces(String reason) {
    String text = reason.replace(System.getProperty("phosphene.nodeModels", "") + "/", "");
    return text.replaceAll("\\S*/\\S+\\.(?:cc|cpp|h):\\d+ ", "");
  }

  @AfterAll
  void summary() throws IOException {
    Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    outcomes.values().forEach(outcome -> counts.merge(outcome.kind(), 1, Integer::sum));
    System.out.println("Operator tests of the ONNX project: " + counts);
    if (Boolean.getBoolean("phosphene.regenerate")) {
      StringBuilder text = new StringBuilder(HEAD);
      outcomes.forEach(
          (name, outcome) -> {
            if (!isPassed(outcome)) {
              text.append(name)
                  .append('\t')
                  .append(outcome.kind())
                  .append('\t')
                  .append(withoutPlaces(outcome.reason()))
                  .append('\n');
            }
          });
      Files.writeString(LISTED, text);
    }
  }
}
