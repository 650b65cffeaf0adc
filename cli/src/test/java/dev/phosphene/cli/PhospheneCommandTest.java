package dev.phosphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PhospheneCommandTest {
  private static Set<String> commands(String... arguments) {
    return PhospheneCommand.commandLine(arguments).getSubcommands().keySet();
  }

  @Test
  void learnsOnlyTheCommandThatIsNamed() {
    assertThat(commands("activate", "demo")).containsExactly("activate");
    assertThat(commands("layers")).containsExactly("layers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"help", "--help", "--version", "activte", "", "demo.onnx"})
  void knowsAllOfThemOtherwise(String first) {
    assertThat(commands(first, "activate")).hasSize(12).contains("activate", "help");
  }

  @Test
  void knowsAllOfThemWithoutArguments() {
    assertThat(commands()).hasSize(12);
  }
}
