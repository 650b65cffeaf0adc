package dev.phosphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong is said in one line, with the right exit status, and nothing is written. */
class BadInputIT {
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  @TempDir private static Path folder;

  @BeforeAll
  static void writeFiles() throws IOException {
    byte[] sound = Files.readAllBytes(ModelFiles.classifier(folder.resolve("sound.onnx")));
    Files.createDirectory(folder.resolve("folder.onnx"));
    Files.write(folder.resolve("empty.onnx"), new byte[0]);
    Files.write(folder.resolve("truncated.onnx"), Arrays.copyOf(sound, sound.length / 2));
    byte[] noise = new byte[5000];
    new Random(3).nextBytes(noise);
    Files.write(folder.resolve("random.onnx"), noise);
    Files.writeString(
        folder.resolve("page.onnx"), "<!DOCTYPE html><html><body>Not found</body></html>\n");
    ModelFiles.withExternalWeights(folder.resolve("missing.onnx"), "weights.bin");
    ModelFiles.withExternalWeights(folder.resolve("outside.onnx"), "../../../etc/hostname");
    ModelFiles.withUnknownOperator(folder.resolve("mystery.onnx"));
    arrays();
  }

  private static void arrays() throws IOException {
    NumpyFile.write(Tensor.of(new float[768], 1, 3, 16, 16), folder.resolve("x.npy"));
    NumpyFile.write(Tensor.of(new float[192], 1, 3, 8, 8), folder.resolve("small.npy"));
    Files.writeString(folder.resolve("text.npy"), "1 2 3\n");
  }

  /**
   * A wrong command line.
   *
   * @param status that it ends with
   * @param said what its one line has, among other words
   */
  record Case(int status, List<String> said, List<String> arguments) {
    static Case of(int status, String command, String... said) {
      return new Case(status, List.of(said), List.of(command.split(" ")));
    }

    @Override
    public String toString() {
      return String.join(" ", arguments);
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        Case.of(FAILED, "layers nowhere.onnx", "nowhere.onnx", "no such file"),
        Case.of(FAILED, "layers folder.onnx", "folder.onnx", "directory"),
        Case.of(FAILED, "layers empty.onnx", "empty.onnx", "empty"),
        Case.of(FAILED, "layers truncated.onnx", "truncated.onnx", "damaged"),
        Case.of(FAILED, "activate random.onnx --filter 0 -o r.png", "random.onnx", "not an ONNX"),
        Case.of(FAILED, "layers page.onnx", "page.onnx", "HTML"),
        Case.of(FAILED, "layers missing.onnx", "missing.onnx", "weights.bin"),
        Case.of(FAILED, "layers outside.onnx", "outside.onnx", "outside"),
        Case.of(
            FAILED,
            "activate sound.onnx --layer features.convv --filter 0 -o a.png",
            "\"features.convv\"",
            "features.conv\""),
        Case.of(FAILED, "activate sound.onnx --layer 77 --filter 0 -o a.png", "77", "0 to"),
        Case.of(FAILED, "activate sound.onnx --filter 4 -o a.png", "0 to 3", "4"),
        Case.of(FAILED, "activate sound.onnx --filter 0-9 -o a.png", "0 to 3", "9"),
        Case.of(
            FAILED,
            "activate sound.onnx --layer brightness --filter 0 -o a.png",
            "brightness",
            "no filters"),
        Case.of(
            FAILED,
            "gradient sound.onnx --input small.npy --filter 0 -o g.npy",
            "16, 16]",
            "8, 8]"),
        Case.of(FAILED, "run sound.onnx --input small.npy -o y.npy", "16, 16]", "8, 8]"),
        Case.of(FAILED, "run sound.onnx --input text.npy -o y.npy", "text.npy"),
        Case.of(FAILED, "run sound.onnx --input none.npy -o y.npy", "none.npy"),
        Case.of(FAILED, "activate sound.onnx --filter 0 -o nowhere/a.png", "nowhere", "folder"),
        Case.of(FAILED, "run sound.onnx --input x.npy -o nowhere/y.npy", "nowhere", "folder"),
        Case.of(
            FAILED,
            "activate mystery.onnx --filter 0 -o a.png",
            "Mystery",
            "/features/relu/Mystery"),
        Case.of(FAILED, "replay none.png", "none.png"),
        Case.of(FAILED, "replay x.npy -o again.png", "x.npy"),
        Case.of(WRONG_USAGE, "activate sound.onnx --filtre 0", "--filtre", "--filter"),
        Case.of(WRONG_USAGE, "activate sound.onnx", "--filter", "activate --help"),
        Case.of(WRONG_USAGE, "activate sound.onnx --filter x", "\"x\"", "0-63"),
        Case.of(WRONG_USAGE, "activate sound.onnx --filter 0 -o a.jpg", "a.jpg", ".png"),
        Case.of(WRONG_USAGE, "activate sound.onnx --filter 0 --recipe dream", "natural", "dream"),
        Case.of(WRONG_USAGE, "layer sound.onnx", "layer", "layers"),
        Case.of(WRONG_USAGE, "", "command"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void oneLineSaysWhatIsWrong(Case bad) throws Exception {
    List<String> before = listing();
    String[] arguments =
        bad.arguments().stream().filter(part -> !part.isEmpty()).toArray(String[]::new);
    Program.Result result = new Program(folder).run(arguments);
    assertThat(result.errors()).hasSize(1);
    assertThat(result.errors().get(0)).startsWith("phosphene: ").contains(bad.said());
    assertThat(result.status()).isEqualTo(bad.status());
    assertThat(result.output()).isEmpty();
    assertThat(listing()).isEqualTo(before);
  }

  private static List<String> listing() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void unknownOperatorsElsewhereDoNotMatter() throws Exception {
    Program.Result result =
        new Program(folder)
            .run(
                "activate",
                "mystery.onnx",
                "-l",
                "features.conv",
                "-f",
                "1",
                "--iterations",
                "2",
                "-o",
                "before.png");
    assertThat(result.status()).as("%s", result.errors()).isZero();
    assertThat(Files.deleteIfExists(folder.resolve("before.png"))).isTrue();
  }
}
