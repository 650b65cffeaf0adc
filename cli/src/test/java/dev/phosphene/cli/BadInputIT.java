package dev.phosphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.image.AnimationFormat;
import dev.phosphene.image.Image;
import dev.phosphene.image.PngFile;
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
    Image photo = Image.of(20, 20, new byte[1200]);
    PngFile.write(folder.resolve("photo.png"), photo);
    AnimationFormat.GIF.write(folder.resolve("photo.gif"), List.of(photo), 100, "");
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
        Case.of(FAILED, "benchmark model.onnx -f 0 --batch 0", "--batch", "1 or more", "20 and 0"),
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
        Case.of(WRONG_USAGE, "activate", "MODEL", "activate --help"),
        Case.of(WRONG_USAGE, "activate sound.onnx --filter x", "\"x\"", "0-63"),
        Case.of(WRONG_USAGE, "activate sound.onnx --filter 0 -o a.tif", "a.tif", ".png"),
        Case.of(WRONG_USAGE, "activate sound.onnx --filter 0 --recipe dream", "natural", "dream"),
        Case.of(WRONG_USAGE, "layer sound.onnx", "layer", "layers"),
        Case.of(WRONG_USAGE, "", "command"));
  }

  /** What is wrong with the options of a recipe is known before the model is opened. */
  static Stream<Case> wrongRecipes() {
    return Stream.of(
        wrongActivate("--lp-weight 1 --lp-p 0.5", "--lp-p", "at least 1", "0.5"),
        wrongActivate("--lp-p 3", "--lp-p", "natural", "--lp-weight"),
        wrongActivate("--tv-weight 1 --tv-beta 0", "--tv-beta", "above 0"),
        wrongActivate("--tv-weight many", "--tv-weight", "many"),
        wrongActivate("--act-weight 0", "weight other than 0"),
        wrongActivate("--jitter=-1", "--jitter", "-1"),
        wrongActivate("--jitter 4,x", "--jitter", "4,x"),
        wrongActivate("--transform twist=3", "\"twist\"", "rotate, scale and none"),
        wrongActivate("--transform scale", "scale=SMALLEST..LARGEST", "\"scale\""),
        wrongActivate("--transform rotate=left", "rotate=DEGREES", "rotate=left"),
        wrongActivate("--transform rotate=200", "[0, 180], found 200"),
        wrongActivate("--transform pad=1.5", "pad=PIXELS", "pad=1.5"),
        wrongActivate("--transform noise=1,pink", "normal|uniform", "pink"),
        wrongActivate("--parameterization clay", "\"clay\"", "aligned, cppn, fourier"),
        wrongActivate("--parameterization fourier=x", "fourier=DECAY", "fourier=x"),
        wrongActivate("--parameterization maco=1,2", "maco=CONTRAST", "maco=1,2"),
        wrongActivate("--parameterization cppn=1.5", "cppn=WIDTH", "cppn=1.5"),
        wrongActivate("--parameterization alpha:pixel", "fourier, maco, pyramid and cppn"),
        wrongActivate("--objective joy", "\"joy\"", "neuron, layer, direction and against-rest"),
        wrongActivate("--objective layer=2", "nothing after the name", "layer=2"),
        wrongActivate("--objective neuron=x", "neuron=2,5", "neuron=x"),
        wrongActivate("--objective direction", "direction=v.npy", "\"direction\""),
        wrongActivate("--objective direction=v.npy,x", "direction=v.npy,2", "v.npy,x"),
        wrongActivate("--optimizer newton", "\"newton\"", "adam, lbfgs, nadam, rmsprop, sgd"),
        wrongActivate("--optimizer adam=x", "adam=0.1", "adam=x"),
        wrongActivate("--optimizer sgd=-1", "above 0", "-1"),
        wrongActivate("--schedule triangle", "\"triangle\"", "cosine, step and warm-up"),
        wrongActivate("--schedule step=3", "step=32,0.5", "step=3"),
        wrongActivate("--schedule cosine=2", "from 0.0 to 1.0", "2.0"),
        wrongActivate("--clip 0", "largest norm", "found 0.0"),
        wrongActivate("--patience=-1", "patience", "-1"),
        wrongActivate("--gradient-delay 17", "0 to 16 steps", "17"),
        wrongActivate(
            "--optimizer lbfgs --gradient-delay 1", "Lbfgs does not take delayed", "by 0"),
        wrongActivate("--iterations 0", "iterations", "from 1"),
        wrongActivate("--input-range 1,0", "--input-range", "lower one first", "1,0"),
        wrongActivate("--backprop sideways", "none, guided, rectified", "sideways"),
        wrongActivate("--gradient up", "negate, absolute, invert, relu, small_values", "\"up\""),
        wrongActivate("--activation features.relu=swoosh", "swoosh", "relu6, leaky_relu"),
        wrongActivate("--activation features.relu", "features.relu", "=linear"),
        wrongActivate("--animation a.png", "--animation", ".gif", "a.png"),
        wrongActivate("--raw a.txt", "--raw", ".npy", "a.txt"),
        wrongActivate("--importance a.npy", "--importance", "--recipe maco"),
        wrongActivate("--last a.txt", "--last", ".npy", "a.txt"));
  }

  private static Case wrongActivate(String options, String... said) {
    return Case.of(WRONG_USAGE, "activate nowhere.onnx -f 0 " + options, said);
  }

  static Stream<Case> wrongRuns() {
    return Stream.of(
        failingActivate("--jitter 1,2,3", "one number or 2", "16, 16]", "3"),
        failingActivate("--seed-input small.npy", "16, 16]", "8, 8]"),
        failingActivate("--seed-input none.jpg", "none.jpg", "no such file"),
        failingActivate("--activation nowhere=linear", "nowhere"),
        failingActivate("--labels none.txt", "none.txt"),
        failingActivate("--log nowhere/l.jsonl", "nowhere", "folder"),
        Case.of(WRONG_USAGE, "run sound.onnx --input photo.png", "-o", "--labels"),
        Case.of(FAILED, "run sound.onnx --input page.onnx -o y.npy", "page.onnx", "PNG, JPEG"),
        Case.of(
            FAILED, "gradient sound.onnx --input x.npy -f 0 --wrt nowhere -o g.npy", "\"nowhere\""),
        Case.of(
            FAILED,
            "gradient sound.onnx --input x.npy -l features.conv -f 0 --wrt classifier -o g.npy",
            "features.conv",
            "does not depend",
            "classifier"),
        Case.of(FAILED, "replay photo.png", "photo.png", "no recipe"),
        Case.of(FAILED, "replay photo.gif", "photo.gif"));
  }

  private static Case failingActivate(String options, String... said) {
    return Case.of(FAILED, "activate sound.onnx -f 0 -o a.png " + options, said);
  }

  static Stream<Case> wrongAttributions() {
    return Stream.of(
        wrongAttribution(WRONG_USAGE, "saliency", "-o s.tif", "s.tif", ".jpeg or .npy"),
        wrongAttribution(WRONG_USAGE, "saliency", "--raw r.png", "--raw", ".npy"),
        wrongAttribution(WRONG_USAGE, "saliency", "--colours pink", "turbo", "viridis", "pink"),
        wrongAttribution(WRONG_USAGE, "cam", "--opacity 2", "--opacity", "from 0 to 1"),
        wrongAttribution(WRONG_USAGE, "cam", "--map-only -o m.npy", "--map-only"),
        wrongAttribution(WRONG_USAGE, "cam", "--threads 5000", "--threads", "5000"),
        wrongAttribution(FAILED, "cam", "-f 4", "0 to 3", "4"),
        wrongAttribution(FAILED, "cam", "--penultimate nowhere", "\"nowhere\""),
        wrongAttribution(FAILED, "cam", "--penultimate classifier", "classifier"),
        wrongAttribution(FAILED, "cam", "--layer features.conv -f 0", "features.conv"),
        Case.of(FAILED, "saliency sound.onnx --input small.npy", "16, 16]", "8, 8]"),
        Case.of(FAILED, "cam sound.onnx --input none.jpg", "none.jpg", "no such file"),
        Case.of(WRONG_USAGE, "cam sound.onnx", "--input"));
  }

  private static Case wrongAttribution(int status, String command, String options, String... said) {
    return Case.of(status, "%s sound.onnx --input x.npy %s".formatted(command, options), said);
  }

  @ParameterizedTest
  @MethodSource({"cases", "wrongRecipes", "wrongRuns", "wrongAttributions"})
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
