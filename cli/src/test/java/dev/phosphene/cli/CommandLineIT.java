package dev.phosphene.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.image.Image;
import dev.phosphene.image.PngFile;
import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.PictureRecord;
import dev.phosphene.visualize.RunRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line on models that are sound, in a folder with a space in its name. */
class CommandLineIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path parent;
  private static Path folder;
  private Program program;

  @BeforeAll
  static void writeFiles() throws IOException {
    folder = Files.createDirectory(parent.resolve("a folder"));
    ModelFiles.classifier(folder.resolve("my model.onnx"));
    Random random = new Random(1);
    float[] values = new float[3 * ModelFiles.SIDE * ModelFiles.SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    Tensor input = Tensor.of(values, 1, 3, ModelFiles.SIDE, ModelFiles.SIDE);
    NumpyFile.write(input, folder.resolve("x.npy"));
  }

  @BeforeEach
  void prepareProgram() {
    program = new Program(folder);
  }

  private Program.Result succeed(String... arguments) throws Exception {
    Program.Result result = program.run(arguments);
    assertThat(result.status()).as("%s", result.errors()).isZero();
    return result;
  }

  /** The runtime is being loaded, by way of a file, when it turns out that there is no model. */
  @Test
  void aCommandThatFailsAtOnceLeavesNoFileBehind(@TempDir Path temporary) throws Exception {
    Program inTemporary = new Program(folder, "-Djava.io.tmpdir=" + temporary);
    for (int i = 0; i < 3; i++) {
      assertThat(inTemporary.run("activate", "missing.onnx").status()).isEqualTo(1);
    }
    try (Stream<Path> left = Files.walk(temporary)) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  private static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  @Test
  void layersAreListedWithTheInput() throws Exception {
    Program.Result table = succeed("layers", "my model.onnx");
    assertThat(table.output())
        .containsSubsequence("index", "features.conv", "Conv", "[N, 6, 16, 16]", "classifier")
        .contains("assumed")
        .contains("--input-range");
    assertThat(table.errors()).isEmpty();

    JsonNode json = JSON.readTree(succeed("layers", "my model.onnx", "--json").output());
    assertThat(json.get("layers").get(0).get("name").asText()).isEqualTo("features.conv");
    assertThat(json.get("layers").get(0).get("filters").asInt()).isEqualTo(ModelFiles.FILTERS);
    assertThat(json.get("input").get("sources").get("range").asText()).isEqualTo("assumed");
  }

  @Test
  void theEmbeddedNetworkIsAModelLikeOthers() throws Exception {
    JsonNode json = JSON.readTree(succeed("layers", "demo", "--json").output());
    assertThat(json.get("labels")).hasSize(10);
    assertThat(json.get("input").get("sources").get("range").asText()).isEqualTo("model");
  }

  @Test
  void sameSeedMakesTheSameBytesAndReplayTheSamePixels() throws Exception {
    String[] sheet = {
      "activate",
      "my model.onnx",
      "-l",
      "features.relu",
      "-f",
      "0-2,4+5",
      "--seed",
      "7",
      "--iterations",
      "12",
      "-o"
    };
    succeed(with(sheet, "one.png"));
    succeed(with(sheet, "other.png", "--quiet"));
    assertThat(folder.resolve("other.png")).hasSameBinaryContentAs(folder.resolve("one.png"));

    Program.Result replay = succeed("replay", "one.png", "-o", "again.png", "--json");
    assertThat(JSON.readTree(replay.output()).get("identical").asBoolean()).isTrue();
    assertThat(Image.read(folder.resolve("again.png")))
        .isEqualTo(Image.read(folder.resolve("one.png")));
  }

  @Test
  void aBatchOnSeveralThreadsRepeatsItself() throws Exception {
    String[] sheet = {
      "activate", "demo", "-f", "all", "--size", "64", "--iterations", "15", "--threads", "4", "-o"
    };
    succeed(with(sheet, "batch.png"));
    succeed(with(sheet, "repeated.png"));
    assertThat(folder.resolve("repeated.png")).hasSameBinaryContentAs(folder.resolve("batch.png"));
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void runsSayWhatTheyFoundAndAssumed() throws Exception {
    Program.Result result =
        succeed("activate", "my model.onnx", "-f", "1", "--iterations", "3", "--verbose");
    assertThat(String.join("\n", result.errors()))
        .containsSubsequence(
            "softmax", "--softmax", "assumed", "--input-range", "Step 3 of 3", "Wrote");
    assertThat(result.output()).isEmpty();
    assertThat(files()).contains("my_model-softmax-1.png");
    Files.delete(folder.resolve("my_model-softmax-1.png"));
  }

  @Test
  void quietRunsSayNothing() throws Exception {
    Program.Result result =
        succeed("run", "my model.onnx", "--input", "x.npy", "-o", "quiet.npy", "--quiet");
    assertThat(result.errors()).isEmpty();
    assertThat(result.output()).isEmpty();
  }

  @Test
  void theSoftmaxIsKeptOnlyOnDemand() throws Exception {
    succeed("run", "my model.onnx", "--input", "x.npy", "-o", "logits.npy");
    succeed("run", "my model.onnx", "--input", "x.npy", "--softmax", "-o", "kept.npy");
    double[] logits = NumpyFile.read(folder.resolve("logits.npy")).toDoubles();
    double[] probabilities = NumpyFile.read(folder.resolve("kept.npy")).toDoubles();
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit);
    }
    for (int unit = 0; unit < logits.length; unit++) {
      assertThat(probabilities[unit]).isCloseTo(Math.exp(logits[unit]) / sum, within(1e-5));
    }
  }

  @Test
  void gradientsHaveTheShapeOfTheInput() throws Exception {
    Program.Result result =
        succeed(
            "gradient", "my model.onnx", "--input", "x.npy", "-f", "0,3", "-o", "g.npy", "--json");
    assertThat(JSON.readTree(result.output()).get("filters")).hasSize(2);
    Tensor gradient = NumpyFile.read(folder.resolve("g.npy"));
    assertThat(gradient.sizes()).containsExactly(1, 3, ModelFiles.SIDE, ModelFiles.SIDE);
    assertThat(gradient.toFloats()).isNotEqualTo(new float[gradient.elements()]);
  }

  @Test
  void picturesCanStartFromAnInput() throws Exception {
    succeed(
        "activate",
        "my model.onnx",
        "-f",
        "2",
        "--recipe",
        "keras-vis",
        "--seed-input",
        "x.npy",
        "--input-range",
        "0,255",
        "--mean",
        "100,110,120",
        "--deviation",
        "50",
        "--tv-weight",
        "0",
        "--iterations",
        "4",
        "-o",
        "from.png");
    Program.Result replay = program.run("replay", "from.png");
    assertThat(replay.status()).isEqualTo(1);
    assertThat(replay.errors()).singleElement().asString().contains("--seed-input");
    succeed("replay", "from.png", "--seed-input", "x.npy");
  }

  @Test
  void replayKnowsTheModelByItsHash() throws Exception {
    succeed("activate", "my model.onnx", "-f", "0", "--iterations", "2", "-o", "original.png");
    Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
    ModelFiles.withUnknownOperator(elsewhere.resolve("my model.onnx"));
    Files.copy(folder.resolve("original.png"), elsewhere.resolve("original.png"));
    Program.Result other = new Program(elsewhere).run("replay", "original.png");
    assertThat(other.status()).isEqualTo(1);
    assertThat(other.errors()).singleElement().asString().contains("SHA-256", "--model");

    Program.Result named =
        new Program(elsewhere)
            .run("replay", "original.png", "--model", folder.resolve("my model.onnx").toString());
    assertThat(named.status()).as("%s", named.errors()).isZero();
    assertThat(elsewhere.resolve("original.replay.png")).exists();
  }

  @Test
  void interruptsKeepWhatThereIs() throws Exception {
    Program.Run run =
        program.start(
            "activate",
            "my model.onnx",
            "-f",
            "0,1",
            "--iterations",
            "1000000",
            "--verbose",
            "--gif",
            "interrupted.gif",
            "-o",
            "interrupted.png");
    run.awaitError("Step 3 ");
    run.interrupt();
    Program.Result result = run.finish();
    assertThat(result.status()).isEqualTo(130);
    assertThat(result.errors()).anyMatch(line -> line.contains("Interrupted: kept 2 pictures"));
    RunRecord record =
        (RunRecord)
            PictureRecord.fromJson(PngFile.recipe(folder.resolve("interrupted.png")).orElseThrow());
    assertThat(record.recipe().iterations()).isBetween(3, 999_999);
    assertThat(files()).noneMatch(name -> name.endsWith(".partial") || name.endsWith(".part"));

    assertThat(succeed("replay", "interrupted.png").errors())
        .last()
        .asString()
        .contains("the same pixels");
    succeed("replay", "interrupted.gif");
  }

  @Test
  void interruptsBeforeTheFirstStepLeaveNothing() throws Exception {
    Program.Run run =
        program.start("activate", "demo", "-f", "all", "--size", "256", "-o", "early.png");
    Thread.sleep(250);
    run.interrupt();
    Program.Result result = run.finish();
    assertThat(result.status()).isEqualTo(130);
    assertThat(files()).doesNotContain("early.png");
  }

  @Test
  void animationsShowThePictureEmerge() throws Exception {
    succeed("activate", "my model.onnx", "-f", "0", "--iterations", "20", "-o", "emerging.gif");
    byte[] content = Files.readAllBytes(folder.resolve("emerging.gif"));
    assertThat(new String(content, 0, 6, StandardCharsets.US_ASCII)).isEqualTo("GIF89a");

    assertThat(succeed("replay", "emerging.gif").errors()).last().asString().contains("the same");
    assertThat(folder.resolve("emerging.replay.gif")).hasBinaryContent(content);
  }

  @Test
  void helpAndVersionAreResults() throws Exception {
    assertThat(succeed("--version").output()).startsWith("Phosphene ");
    assertThat(succeed("activate", "--help").output()).contains("--filter", "--recipe", "--size");
  }
}
