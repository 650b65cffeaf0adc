package dev.phosphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.image.AnimationFormat;
import dev.phosphene.image.GifFile;
import dev.phosphene.image.Image;
import dev.phosphene.image.PngFile;
import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.PictureRecord;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.RunRecord;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.loss.AgainstRestLoss;
import dev.phosphene.visualize.loss.DirectionLoss;
import dev.phosphene.visualize.loss.LayerLoss;
import dev.phosphene.visualize.loss.LpNorm;
import dev.phosphene.visualize.loss.NeuronLoss;
import dev.phosphene.visualize.loss.TotalVariation;
import dev.phosphene.visualize.loss.WeightedLoss;
import dev.phosphene.visualize.measure.Measure;
import dev.phosphene.visualize.measure.PictureNumbers;
import dev.phosphene.visualize.optimizer.Adam;
import dev.phosphene.visualize.optimizer.Clipped;
import dev.phosphene.visualize.optimizer.GradientModifier;
import dev.phosphene.visualize.optimizer.Schedule;
import dev.phosphene.visualize.optimizer.Scheduled;
import dev.phosphene.visualize.transform.Blur;
import dev.phosphene.visualize.transform.ColourJitter;
import dev.phosphene.visualize.transform.Crop;
import dev.phosphene.visualize.transform.Flip;
import dev.phosphene.visualize.transform.Jitter;
import dev.phosphene.visualize.transform.Noise;
import dev.phosphene.visualize.transform.Pad;
import dev.phosphene.visualize.transform.RandomAffine;
import dev.phosphene.visualize.transform.Rotate;
import dev.phosphene.visualize.transform.Sampling;
import dev.phosphene.visualize.transform.Scale;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of {@code activate}, each seen in what it leaves. */
class ActivateIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;

  @BeforeAll
  static void writeFiles() throws IOException {
    ModelFiles.classifier(folder.resolve("model.onnx"));
    Files.writeString(folder.resolve("labels.txt"), "apple\npear\nplum\ncherry\n");
    byte[] pixels = new byte[3 * 40 * 30];
    new Random(2).nextBytes(pixels);
    PngFile.write(folder.resolve("photo.png"), Image.of(40, 30, pixels));
  }

  private static Program.Result succeed(String command) throws Exception {
    Program.Result result = new Program(folder).run(command.split(" "));
    assertThat(result.status()).as("%s", result.errors()).isZero();
    return result;
  }

  private static RunRecord record(String png) {
    return (RunRecord) PictureRecord.fromJson(PngFile.recipe(folder.resolve(png)).orElseThrow());
  }

  @Test
  void everyFileOfARunIsWritten() throws Exception {
    Program.Result result =
        succeed(
            "activate model.onnx -f 0-2 --recipe keras-vis --iterations 5 --verbose -o all.png"
                + " --animation all.gif --raw raw.npy --last last.npy --log log.jsonl");
    Tensor raw = NumpyFile.read(folder.resolve("raw.npy"));
    assertThat(raw.sizes()).containsExactly(3, 3, ModelFiles.SIDE, ModelFiles.SIDE);
    assertThat(NumpyFile.read(folder.resolve("last.npy")).sizes()).isEqualTo(raw.sizes());
    assertThat(GifFile.recipe(folder.resolve("all.gif")))
        .isEqualTo(PngFile.recipe(folder.resolve("all.png")));

    succeed("replay all.png --raw again.npy --last again-last.npy");
    assertThat(folder.resolve("again.npy")).hasSameBinaryContentAs(folder.resolve("raw.npy"));
    assertThat(folder.resolve("again-last.npy")).hasSameBinaryContentAs(folder.resolve("last.npy"));
    succeed("replay all.gif -o again.gif");
    assertThat(folder.resolve("again.gif")).hasSameBinaryContentAs(folder.resolve("all.gif"));

    // The log and the lines of --verbose say the same of each loss of each step of each picture.
    List<String> said = result.errors().stream().filter(line -> line.startsWith("Step ")).toList();
    List<String> logged = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("log.jsonl"))) {
      JsonNode losses = JSON.readTree(line);
      logged.add(
          String.format(
              Locale.ROOT,
              "Step %d of 5, filter %d: overall %.6g, activation %.6g, lp norm %.6g, total"
                  + " variation %.6g",
              losses.get("step").asInt(),
              losses.get("filters").get(0).asInt(),
              losses.get("overall").asDouble(),
              losses.get("losses").get("activation").asDouble(),
              losses.get("losses").get("lp norm").asDouble(),
              losses.get("losses").get("total variation").asDouble()));
    }
    assertThat(logged).hasSize(15).isEqualTo(said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "apng", "mp4"})
  void everyFormatIsReplayed(String extension) throws Exception {
    succeed("activate model.onnx -f 0,2 --iterations 3 -o two." + extension);
    assertThat(succeed("replay two." + extension).errors())
        .anyMatch(line -> line.startsWith("Wrote two.replay." + extension + ": the same "));
    Files.copy(folder.resolve("two." + extension), folder.resolve("renamed-" + extension));
    assertThat(succeed("replay renamed-" + extension).errors())
        .anyMatch(line -> line.contains("renamed-%s.replay.%s".formatted(extension, extension)));
  }

  @Test
  void numbersAreInTheRecordAndInJsonAndNothingIsMadeFromThem() throws Exception {
    Path photos = Files.createDirectory(folder.resolve("photos"));
    Files.copy(folder.resolve("photo.png"), photos.resolve("a.png"));
    Files.writeString(photos.resolve("broken.jpg"), "not a photo");
    Program.Result result =
        succeed(
            "activate model.onnx -f 0,2 --iterations 3 --photos photos --stability --recipe maco"
                + " --importance seen.png -o numbers.png --animation numbers.mp4 --json");
    assertThat(result.errors())
        .anyMatch(line -> line.contains("Left out 1 of 2 photos"))
        .anyMatch(line -> line.matches("Filter 2: activation .* of 1 photos; under random .*"));
    JsonNode json = JSON.readTree(result.output());
    Map<Integer, PictureNumbers> recorded = record("numbers.png").numbers();
    for (int i = 0; i < 2; i++) {
      JsonNode numbers = json.get("pictures").get(i).get("numbers");
      assertThat(numbers).isEqualTo(JSON.valueToTree(recorded.get(i)));
      assertThat(recorded.get(i).values())
          .containsKeys(
              Measure.ACTIVATION,
              Measure.PERCENTILE,
              Measure.PHOTOS,
              Measure.TRANSFORMED_MEAN,
              Measure.SEEDS_MEAN,
              Measure.SEEDS_LIKENESS,
              Measure.IMPORTANT_AREA);
    }
    BufferedImage seen = ImageIO.read(folder.resolve("seen.png").toFile());
    assertThat(seen.getColorModel().hasAlpha()).isTrue();
    assertThat(AnimationFormat.MP4.recipe(folder.resolve("numbers.mp4")))
        .isEqualTo(PngFile.recipe(folder.resolve("numbers.png")));

    RunRecord changed =
        record("numbers.png")
            .withNumbers(List.of(PictureNumbers.NONE.with(Measure.ACTIVATION, 1e6)));
    Image image = Image.read(folder.resolve("numbers.png"));
    PngFile.write(folder.resolve("changed.png"), image, changed.toJson());
    assertThat(succeed("replay changed.png").errors())
        .anyMatch(line -> line.contains("the same pixels as changed.png"));
  }

  @Test
  void objectivesTakeThePlaceOfTheActivationAndAreReplayed() throws Exception {
    NumpyFile.write(
        Tensor.of(new float[ModelFiles.FILTERS], ModelFiles.FILTERS), folder.resolve("v.npy"));
    Program.Result none =
        new Program(folder).run("activate model.onnx -l 1 --objective direction=v.npy".split(" "));
    assertThat(none.status()).isEqualTo(1);
    assertThat(String.join("\n", none.errors())).contains("not all of them 0");
    float[] direction = new float[ModelFiles.FILTERS];
    Arrays.fill(direction, 0.5f);
    NumpyFile.write(Tensor.of(direction, ModelFiles.FILTERS), folder.resolve("v.npy"));
    List<String> options =
        List.of("neuron", "neuron=2,5", "layer", "direction=v.npy,2", "against-rest");
    List<Class<?>> kinds =
        List.of(
            NeuronLoss.class,
            NeuronLoss.class,
            LayerLoss.class,
            DirectionLoss.class,
            AgainstRestLoss.class);
    for (int i = 0; i < options.size(); i++) {
      succeed(
          "activate model.onnx -l features.relu -f 1 --iterations 2 -o objective.png --objective "
              + options.get(i));
      assertThat(record("objective.png").recipe().losses())
          .hasSize(1)
          .first()
          .satisfies(weighted -> assertThat(weighted.weight()).isEqualTo(1))
          .extracting(WeightedLoss::loss)
          .isInstanceOf(kinds.get(i));
      succeed("replay objective.png");
    }
  }

  @Test
  void stepsAreTakenAsAsked() throws Exception {
    for (String optimizer : List.of("adam", "nadam=0.02", "rmsprop=0.1", "sgd", "lbfgs")) {
      succeed(
          "activate model.onnx -f 1 --iterations 3 -o step.png --transform none --optimizer "
              + optimizer);
      succeed("replay step.png");
    }
    assertThat(record("step.png").recipe().normalizeGradient()).isFalse();
    Program.Result result =
        succeed(
            "activate model.onnx -f 1 --iterations 90 -o step.png --optimizer adam=0.1 --clip 2"
                + " --schedule warm-up=3,step=5,1e-30 --patience 4 --transform none --json");
    assertThat(record("step.png").recipe().optimizer())
        .isEqualTo(
            new Clipped(
                new Scheduled(
                    Adam.withRate(0.1), new Schedule.WarmUp(3, new Schedule.Stairs(5, 1e-30))),
                2));
    JsonNode picture = JSON.readTree(result.output()).at("/pictures/0");
    assertThat(picture.get("outcome").asText()).isEqualTo("plateau");
    assertThat(picture.get("steps").asInt()).isBetween(4, 20);
    assertThat(String.join("\n", result.errors())).contains("its loss got no lower for 4 steps");
    succeed("replay step.png");
  }

  @Test
  void gradientsAreAsLateAsAskedAndThreadsChangeNothing() throws Exception {
    String activate = "activate model.onnx -f 1 --iterations 9 --gradient-delay ";
    succeed(activate + "3 --threads 2 -o late.png");
    succeed(activate + "3 --threads 1 -o late-alone.png");
    succeed(activate + "0 -o prompt.png");
    assertThat(record("late.png").recipe().gradientDelay()).isEqualTo(3);
    Image late = Image.read(folder.resolve("late.png"));
    assertThat(Image.read(folder.resolve("late-alone.png"))).isEqualTo(late);
    assertThat(Image.read(folder.resolve("prompt.png"))).isNotEqualTo(late);
    succeed("replay late.png");
  }

  @Test
  void whatShowsNothingIsDiagnosed() throws Exception {
    Program.Result result =
        succeed("activate model.onnx -f 1 --tv-weight 1e8 --iterations 48 --json -o flat.png");
    assertThat(String.join("\n", result.errors()))
        .contains("Filter 1: The regularizers outweigh the objective")
        .contains("give them smaller weights");
    JsonNode json = JSON.readTree(result.output());
    assertThat(json.at("/pictures/0/diagnosis/kind").asText()).isEqualTo("dominant-regularizer");
    assertThat(record("flat.png").diagnoses().get(0).kind()).isEqualTo("dominant-regularizer");

    Program.Result none =
        new Program(folder)
            .run("activate model.onnx -f 1 --input-range 0,3e38 -o none.png".split(" "));
    assertThat(none.status()).isEqualTo(1);
    assertThat(String.join("\n", none.errors()))
        .contains("Nothing was written: The loss \"activation\" is", "--input-range");
  }

  @Test
  void theKeptInputIsTheOneOfTheLowestLoss() throws Exception {
    // Losses only grow along the negated gradient, so the first step gives the lowest.
    succeed(
        "activate model.onnx -f 1 --recipe keras-vis --gradient negate --iterations 4 -o kept.png"
            + " --raw kept.npy --last kept-last.npy");
    assertThat(NumpyFile.read(folder.resolve("kept.npy")).toFloats())
        .isNotEqualTo(NumpyFile.read(folder.resolve("kept-last.npy")).toFloats());
  }

  @Test
  void allFiltersTogetherWithoutAFilter() throws Exception {
    Program.Result result = succeed("activate model.onnx --iterations 3");
    assertThat(String.join("\n", result.errors())).contains("All 4 filters", "--filter");
    assertThat(record("model-softmax-together.png").pictures())
        .containsExactly(List.of(0, 1, 2, 3));
    succeed("replay model-softmax-together.png");
  }

  @Test
  void optionsBecomePartsOfTheRecipe() throws Exception {
    succeed(
        "activate model.onnx -f 0 --recipe keras-vis --iterations 2 -o parts.png --act-weight 2"
            + " --lp-weight 3 --lp-p inf --tv-weight 4 --tv-beta 1.5 --jitter 4,0.5"
            + " --backprop relu --gradient small_values");
    assertThat(record("parts.png").recipe())
        .isEqualTo(
            Recipe.KERAS_VIS.with(
                changes ->
                    changes
                        .iterations(2)
                        .loss(new ActivationLoss(), 2)
                        .loss(new LpNorm(Double.POSITIVE_INFINITY), 3)
                        .loss(new TotalVariation(1.5), 4)
                        .transforms(List.of(new Jitter(4, 0.5)))
                        .backprop(BackpropModifier.RECTIFIED)
                        .gradientModifier(GradientModifier.SMALL_VALUES)));
    succeed("replay parts.png");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pixel",
        "fourier=1.2",
        "maco",
        "pyramid=3",
        "cppn=8,2",
        "aligned=2",
        "alpha:fourier",
        "alpha:cppn"
      })
  void everyParameterizationMakesPicturesAndReplaysThem(String kind) throws Exception {
    succeed("activate model.onnx -f 0,1 --iterations 3 -o kind.png --parameterization " + kind);
    succeed("replay kind.png -o again.png");
    assertThat(Image.read(folder.resolve("again.png")))
        .isEqualTo(Image.read(folder.resolve("kind.png")));
  }

  @Test
  void macoGivesTheImportanceOfEachPosition() throws Exception {
    succeed("activate model.onnx -f 0,1 --recipe maco --iterations 3 -o m.png --importance i.npy");
    Tensor importance = NumpyFile.read(folder.resolve("i.npy"));
    assertThat(importance.sizes()).containsExactly(2, ModelFiles.SIDE, ModelFiles.SIDE);
    assertThat(Arrays.stream(importance.toDoubles()).max()).hasValue(1);
    assertThat(Arrays.stream(importance.toDoubles()).min().orElseThrow()).isNotNegative();
  }

  @Test
  void transformsTakeThePlaceOfTheRecipesInTheirOrder() throws Exception {
    succeed(
        "activate model.onnx -f 0 --iterations 2 -o changed.png --transform pad=4"
            + " --transform jitter=2 --transform affine=0.05,0.9..1.1,4,nearest --transform scale=0.9..1.1"
            + " --transform rotate=5 --transform crop=0.7..0.9 --transform flip --transform blur=1"
            + " --transform noise=0.05,uniform --transform colour=0.1,0.2");
    assertThat(record("changed.png").recipe().transforms())
        .containsExactly(
            new Pad(4, Pad.Fill.PLAIN, Pad.GRAY),
            new Jitter(2),
            new RandomAffine(0.05, 0.9, 1.1, 4, Sampling.NEAREST),
            new Scale(0.9, 1.1),
            new Rotate(5),
            new Crop(0.7, 0.9),
            new Flip(0.5),
            new Blur(0, 1),
            new Noise(0.05, Noise.Distribution.UNIFORM),
            new ColourJitter(0.1, 0.2, 0, 0));
    succeed("replay changed.png");
    succeed("activate model.onnx -f 0 --iterations 2 -o still.png --transform none");
    assertThat(record("still.png").recipe().transforms()).isEmpty();
  }

  @Test
  void jitterTakesThePlaceOfTheRecipes() throws Exception {
    succeed("activate model.onnx -f 0 --iterations 2 --jitter 0.1 -o jitter.png");
    assertThat(record("jitter.png").recipe().transforms())
        .hasSize(2)
        .contains(new Jitter(0.1))
        .filteredOn(RandomAffine.class::isInstance)
        .allMatch(affine -> ((RandomAffine) affine).jitter() == 0);
  }

  @Test
  void exchangedActivationsAndLabelsAreReplayed() throws Exception {
    succeed(
        "activate model.onnx -f all --iterations 3 -o fruit.png --labels labels.txt"
            + " --activation features.relu=tanh --activation softmax=linear --gif fruit.gif");
    RunRecord record = record("fruit.png");
    assertThat(record.model().activations())
        .containsEntry("features.relu", "tanh")
        .containsEntry("softmax", "linear");
    assertThat(record.labels()).containsEntry(0, "apple").containsEntry(3, "cherry");
    succeed("activate model.onnx -f all --iterations 3 -o numbers.png");
    assertThat(Image.read(folder.resolve("numbers.png")))
        .isNotEqualTo(Image.read(folder.resolve("fruit.png")));

    succeed("replay fruit.png");
    succeed("replay fruit.gif");
  }

  @Test
  void picturesCanStartFromAPicture() throws Exception {
    succeed(
        "activate model.onnx -f 0 --recipe keras-vis --iterations 1 --seed-input photo.png"
            + " --raw started.npy -o started.png");
    float[] started = NumpyFile.read(folder.resolve("started.npy")).toFloats();
    succeed("activate model.onnx -f 0 --recipe keras-vis --iterations 1 --raw noise.npy -o n.png");
    float[] noise = NumpyFile.read(folder.resolve("noise.npy")).toFloats();
    assertThat(Arrays.equals(started, noise)).isFalse();

    succeed("replay started.png --seed-input photo.png");
    Program.Result other =
        new Program(folder).run("replay", "started.png", "--seed-input", "n.png");
    assertThat(other.status()).isEqualTo(1);
    assertThat(other.errors()).singleElement().asString().contains("another input", "n.png");
  }
}
