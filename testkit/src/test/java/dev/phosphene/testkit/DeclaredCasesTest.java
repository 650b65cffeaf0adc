package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.gradient.rule.StandardRules;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Every form that the specification of an operator knows is a declared case of its gradient rule,
 * or stands in {@code forms_without_case.tsv} with the reason; a form that stands there and has a
 * case fails, too. {@link GradientRulesTest} checks the cases.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeclaredCasesTest {
  private static final String EXEMPT = "forms_without_case.tsv";

  /** Share of pairs of forms that some case has; a new rule should not lower it. */
  private static final double LEAST_PAIRS = 0.85;

  private final Map<String, OperatorSchema> schemas;
  private final Map<String, Map<String, String>> exempt;
  private final AtomicInteger covered = new AtomicInteger();

  DeclaredCasesTest() throws IOException {
    schemas = OperatorSchema.readAll();
    exempt = exempt();
  }

  @TestFactory
  Stream<DynamicTest> rules() {
    return checked().map(entry -> DynamicTest.dynamicTest(name(entry), () -> check(entry)));
  }

  private void check(GradientEntry entry) {
    OperatorSchema schema = schemas.get(name(entry));
    assertThat(schema)
        .as("%s is not in operator_schemas.tsv: write that table again", name(entry))
        .isNotNull();
    Set<String> excused = exempt.getOrDefault(name(entry), Map.of()).keySet();
    Set<String> missing = new TreeSet<>();
    Set<String> superfluous = new TreeSet<>(excused);
    for (SpecifiedForm form : SpecifiedForm.of(schema)) {
      if (entry.cases().stream().anyMatch(form.isOf())) {
        covered.incrementAndGet();
      } else {
        if (!excused.contains(form.name())) {
          missing.add(form.name());
        }
        superfluous.remove(form.name());
      }
    }
    assertThat(missing).as("forms of %s without a declared case", name(entry)).isEmpty();
    assertThat(superfluous).as("forms of %s in %s", name(entry), EXEMPT).isEmpty();
  }

  /**
   * Of two attributes or inputs, the forms mostly meet in a case, too. Not all can: strides say
   * nothing where pads decide, the runtime refuses some pairs, activations of recurrent layers
   * change none of what else is there.
   */
  @Test
  void formsMeet() {
    long pairs = 0;
    long met = 0;
    for (GradientEntry entry : checked().toList()) {
      List<List<SpecifiedForm>> parameters =
          SpecifiedForm.byParameter(Objects.requireNonNull(schemas.get(name(entry))));
      for (int i = 0; i < parameters.size(); i++) {
        for (int j = 0; j < i; j++) {
          for (SpecifiedForm one : covered(entry, parameters.get(i))) {
            for (SpecifiedForm other : covered(entry, parameters.get(j))) {
              pairs++;
              if (entry.cases().stream().anyMatch(one.isOf().and(other.isOf()))) {
                met++;
              }
            }
          }
        }
      }
    }
    System.out.printf("Pairs of forms that meet in a case: %d of %d%n", met, pairs);
    assertThat((double) met / pairs).isGreaterThan(LEAST_PAIRS);
  }

  private static List<SpecifiedForm> covered(GradientEntry entry, List<SpecifiedForm> forms) {
    return forms.stream().filter(form -> entry.cases().stream().anyMatch(form.isOf())).toList();
  }

  /** Whatever has no row in the table of rules needs no exemption. */
  @Test
  void exemptionsAreOfRules() {
    Set<String> ruled = checked().map(DeclaredCasesTest::name).collect(Collectors.toSet());
    assertThat(ruled).containsAll(exempt.keySet());
  }

  @AfterAll
  void summary() {
    System.out.printf(
        "Forms of the specifications with a declared case: %d of %d operators; %d exempt%n",
        covered.get(), checked().count(), exempt.values().stream().mapToInt(Map::size).sum());
  }

  private static Stream<GradientEntry> checked() {
    return StandardRules.rules().entries().stream()
        .filter(entry -> entry.flow() == GradientEntry.Flow.EXACT);
  }

  private static String name(GradientEntry entry) {
    return entry.type().toString();
  }

  /** Operator, form, reason. */
  private static Map<String, Map<String, String>> exempt() throws IOException {
    Map<String, Map<String, String>> exempt = new LinkedHashMap<>();
    try (InputStream table =
        Objects.requireNonNull(DeclaredCasesTest.class.getResourceAsStream(EXEMPT))) {
      List<String> lines =
          new String(table.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      for (String line : lines) {
        if (!line.startsWith("#")) {
          String[] cells = line.split("\t");
          assertThat(cells).as("operator, form and reason in: %s", line).hasSize(3);
          exempt.computeIfAbsent(cells[0], any -> new LinkedHashMap<>()).put(cells[1], cells[2]);
        }
      }
    }
    return exempt;
  }
}
