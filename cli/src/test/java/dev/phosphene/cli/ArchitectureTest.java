package dev.phosphene.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Keeps the modules in the order that docs/layout.md says. */
class ArchitectureTest {
  private static final String ROOT = "dev.phosphene.";

  /** What each module may use beside itself; packages of a module that begin alike are its own. */
  private static final Map<String, List<String>> MAY_USE = new LinkedHashMap<>();

  static {
    MAY_USE.put("tensor", List.of());
    MAY_USE.put("graph", List.of("tensor"));
    MAY_USE.put("model", List.of("tensor", "graph"));
    MAY_USE.put("gradient", List.of("tensor", "graph"));
    MAY_USE.put("session", List.of("tensor", "graph", "model"));
    MAY_USE.put("image", List.of("tensor"));
    MAY_USE.put("visualize", List.of("tensor", "graph", "model", "gradient", "session", "image"));
    MAY_USE.put("demo", List.of());
    MAY_USE.put(
        "cli",
        List.of("tensor", "graph", "model", "gradient", "session", "image", "visualize", "demo"));
  }

  private static JavaClasses project;

  @BeforeAll
  static void importProject() {
    project =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.phosphene");
  }

  private static String module(JavaClass type) {
    return type.getPackageName().substring(ROOT.length()).replaceFirst("\\..*", "");
  }

  @Test
  void everyModuleHasItsPlace() {
    assertThat(project.stream().map(ArchitectureTest::module).distinct())
        .containsExactlyInAnyOrderElementsOf(MAY_USE.keySet());
  }

  @TestFactory
  Stream<DynamicTest> modulesUseOnlyThoseAbove() {
    return MAY_USE.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(), () -> modulesUse(entry.getKey(), entry.getValue())));
  }

  private static void modulesUse(String module, List<String> allowed) {
    List<String> forbidden =
        MAY_USE.keySet().stream()
            .filter(other -> !other.equals(module) && !allowed.contains(other))
            .toList();
    if (forbidden.isEmpty()) {
      return;
    }
    noClasses()
        .that()
        .resideInAPackage(ROOT + module + "..")
        .should()
        .dependOnClassesThat(
            com.tngtech.archunit.base.DescribedPredicate.describe(
                "are of the modules " + forbidden,
                type ->
                    type.getPackageName().startsWith(ROOT)
                        && forbidden.contains(module(type))
                        && !isTheExceptionOfAll(type)))
        .check(project);
  }

  /** Failures that a user can act on are of one kind in all modules. */
  private static boolean isTheExceptionOfAll(JavaClass type) {
    return type.getFullName().equals("dev.phosphene.graph.PhospheneException");
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices().matching("dev.phosphene.(**)").should().beFreeOfCycles().check(project);
  }

  @Test
  void onlySessionsUseTheRuntime() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.phosphene.session..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.onnxruntime..")
        .check(project);
  }

  @Test
  void onlyTheCommandLinePrints() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.phosphene.cli..")
        .should(ACCESS_STANDARD_STREAMS)
        .check(project);
  }

  @Test
  void onlyTheProgramItselfEndsTheProcess() {
    ArchRule rule =
        noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.phosphene.cli.Main")
            .and()
            .doNotHaveFullyQualifiedName("dev.phosphene.cli.console.Interruption")
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class);
    rule.check(project);
  }

  @Test
  void namesAreOfTheDomain() {
    classes()
        .should()
        .haveNameNotMatching(".*(Util|Utils|Helper|Helpers)(\\$.*)?")
        .andShould()
        .resideOutsideOfPackages("..util..", "..utils..", "..misc..", "..common..", "..helper..")
        .check(project);
  }
}
