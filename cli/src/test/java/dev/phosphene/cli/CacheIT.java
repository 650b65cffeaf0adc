package dev.phosphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that keeps what was compiled, from one start of the program to the next. */
class CacheIT {
  @TempDir Path folder;
  private Program program;

  @BeforeEach
  void prepare() {
    program = new Program(folder);
  }

  private Image activate(String... cache) throws IOException, InterruptedException {
    List<String> arguments =
        Stream.concat(
                Stream.of("activate", "demo", "--filter", "3", "--iterations", "3", "--seed", "7"),
                Stream.of(cache))
            .toList();
    Program.Result result = program.run(arguments.toArray(String[]::new));
    assertThat(result.status()).as("%s", result.errors()).isZero();
    try (Stream<Path> files = Files.list(folder)) {
      Path picture =
          files.filter(file -> file.toString().endsWith(".png")).findFirst().orElseThrow();
      Image image = Image.read(picture);
      Files.delete(picture);
      return image;
    }
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("kept"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void theNextStartFindsWhatWasKeptAndMakesTheSamePicture()
      throws IOException, InterruptedException {
    Image without = activate();
    Image first = activate("--cache=kept");
    List<Path> kept = kept();
    Image second = activate("--cache=kept");
    assertThat(kept).isNotEmpty();
    assertThat(kept()).isEqualTo(kept);
    assertThat(first).isEqualTo(without);
    assertThat(second).isEqualTo(without);
  }

  @Test
  void refusesAnEmptyName() throws IOException, InterruptedException {
    Program.Result result = program.run("activate", "demo", "--cache=");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.errors().get(0))
        .startsWith("phosphene: Option --cache should name a folder, found an empty name");
  }

  @Test
  void refusesAFileInOneLine() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("file"), "");
    Program.Result result = program.run("activate", "demo", "--cache=file");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.errors())
        .containsExactly("phosphene: Cannot keep anything in file: it is not a folder");
  }
}
