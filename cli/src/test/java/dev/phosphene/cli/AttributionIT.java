package dev.phosphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.image.Image;
import dev.phosphene.image.Layout;
import dev.phosphene.image.PngFile;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.attribution.Attribution;
import dev.phosphene.visualize.attribution.GradCam;
import dev.phosphene.visualize.attribution.Saliency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code saliency}, {@code cam}, {@code gradient} and {@code run} on arrays and pictures. */
class AttributionIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;
  private static Tensor input;

  @BeforeAll
  static void writeFiles() throws IOException {
    ModelFiles.classifier(folder.resolve("model.onnx"));
    Files.writeString(folder.resolve("labels.txt"), "apple\npear\nplum\ncherry\n");
    photo("photo.png", 640, 300);
    photo("small.png", 20, 40);
    photo("same.png", ModelFiles.SIDE, ModelFiles.SIDE);
    input = Image.read(folder.resolve("same.png")).toTensor(Layout.CHANNELS_FIRST);
    NumpyFile.write(input, folder.resolve("x.npy"));
  }

  private static void photo(String name, int width, int height) {
    byte[] pixels = new byte[3 * width * height];
    new Random(width).nextBytes(pixels);
    PngFile.write(folder.resolve(name), Image.of(width, height, pixels));
  }

  private static Program.Result succeed(String command) throws Exception {
    Program.Result result = new Program(folder).run(command.split(" "));
    assertThat(result.status()).as("%s", result.errors()).isZero();
    return result;
  }

  private static Tensor array(String name) throws IOException {
    return NumpyFile.read(folder.resolve(name));
  }

  private static Image image(String name) {
    return Image.read(folder.resolve(name));
  }

  @Test
  void saliencyIsThatOfTheApi() throws Exception {
    succeed("saliency model.onnx -i x.npy -f 0,3 --backprop guided -o s.npy --raw sr.npy");
    Attribution expected =
        Saliency.of(Model.open(folder.resolve("model.onnx")))
            .filters(0, 3)
            .backprop(BackpropModifier.GUIDED)
            .at(input);
    assertThat(array("s.npy").sizes()).containsExactly(ModelFiles.SIDE, ModelFiles.SIDE);
    assertThat(array("s.npy").toFloats()).isEqualTo(expected.map().strengths().toFloats());
    assertThat(array("sr.npy").sizes()).isEqualTo(input.sizes());
    assertThat(array("sr.npy").toFloats()).isEqualTo(expected.raw().toFloats());
  }

  @Test
  void gradCamIsThatOfTheApi() throws Exception {
    Program.Result result = succeed("cam model.onnx -i x.npy -f 1 -o c.npy --raw cr.npy");
    assertThat(String.join("\n", result.errors())).contains("features.relu", "--penultimate");
    Attribution expected =
        GradCam.of(Model.open(folder.resolve("model.onnx"))).filters(1).at(input);
    assertThat(array("c.npy").toFloats()).isEqualTo(expected.map().strengths().toFloats());
    assertThat(array("cr.npy").toFloats()).isEqualTo(expected.raw().toFloats());

    Program.Result named =
        succeed("cam model.onnx -i x.npy -f 1 -o n.npy --penultimate features.conv --json");
    assertThat(JSON.readTree(named.output()).get("penultimate").asText())
        .isEqualTo("features.conv");
    assertThat(array("n.npy").toFloats()).isNotEqualTo(array("c.npy").toFloats());
  }

  @Test
  void withoutAFilterTheStrongestIsExplained() throws Exception {
    Program.Result result =
        succeed("saliency model.onnx -i x.npy --labels labels.txt -o best.png --json");
    JsonNode json = JSON.readTree(result.output());
    succeed("run model.onnx -i x.npy -o y.npy");
    double[] scores = array("y.npy").toDoubles();
    int best = json.get("filters").get(0).asInt();
    assertThat(scores[best]).isEqualTo(Arrays.stream(scores).max().orElseThrow());
    assertThat(String.join("\n", result.errors()))
        .contains("Filter %d (%s)".formatted(best, json.get("label").asText()), "--filter");
  }

  @Test
  void theMapLiesOverThePartThatTheNetworkSees() throws Exception {
    succeed("saliency model.onnx -i photo.png -f 0");
    Image over = image("photo-saliency.png");
    assertThat(over.width()).isEqualTo(300);
    assertThat(over.height()).isEqualTo(300);
    // With a map that cannot be seen, it is that part of the photo.
    succeed("saliency model.onnx -i photo.png -f 0 --opacity 0 -o part.png");
    assertThat(image("part.png")).isEqualTo(image("photo.png").cropped(170, 0, 300, 300));
    assertThat(over).isNotEqualTo(image("part.png"));

    succeed("cam model.onnx -i small.png -f 0 --colours viridis -o large.png");
    assertThat(image("large.png").width()).isEqualTo(224);
    succeed("cam model.onnx -i x.npy -f 0 --map-only -o map.png");
    assertThat(image("map.png").width()).isGreaterThanOrEqualTo(224);
  }

  @Test
  void attributionsAreReplayed() throws Exception {
    succeed(
        "cam model.onnx -i small.png -f 2 --gradient absolute --backprop rectified --colours jet"
            + " --activation features.relu=softplus --opacity 0.5 -o cam.png");
    succeed("replay cam.png -o cam-again.png");
    succeed("cam model.onnx -i small.png -f 0 -o cam.jpg");
    assertThat(succeed("replay cam.jpg").errors())
        .contains("Wrote cam.replay.jpg: the same pixels as cam.jpg");
    assertThat(image("cam-again.png")).isEqualTo(image("cam.png"));

    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    for (String file : new String[] {"cam.png", "model.onnx", "photo.png"}) {
      Files.copy(folder.resolve(file), elsewhere.resolve(file));
    }
    Program there = new Program(elsewhere);
    Program.Result missing = there.run("replay", "cam.png");
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.errors()).singleElement().asString().contains("small.png", "--input");
    Program.Result other = there.run("replay", "cam.png", "--input", "photo.png");
    assertThat(other.status()).isEqualTo(1);
    assertThat(other.errors()).singleElement().asString().contains("SHA-256", "photo.png");
    Program.Result found = there.run("replay", "cam.png", "--input", "../small.png");
    assertThat(found.status()).as("%s", found.errors()).isZero();
  }

  @Test
  void gradientsWithRespectToALayer() throws Exception {
    succeed("gradient model.onnx -i x.npy -f 0 --wrt features.relu --backprop guided -o w.npy");
    assertThat(array("w.npy").sizes())
        .containsExactly(1, ModelFiles.FILTERS, ModelFiles.SIDE, ModelFiles.SIDE);
    succeed("gradient model.onnx -i same.png -f 0 -o p.npy");
    succeed("gradient model.onnx -i x.npy -f 0 --input-range 0,1 -o a.npy");
    assertThat(array("p.npy").sizes()).isEqualTo(array("a.npy").sizes());
  }

  @Test
  void picturesAreClassified() throws Exception {
    Program.Result result = succeed("run model.onnx -i photo.png --labels labels.txt");
    assertThat(result.output().lines()).hasSize(4).allMatch(line -> line.contains("%  "));
    assertThat(result.output()).contains("apple (0)", "cherry (3)");
    assertThat(succeed("run model.onnx -i photo.png --labels labels.txt --quiet").output())
        .isEmpty();
    JsonNode json =
        JSON.readTree(succeed("run model.onnx -i photo.png --labels labels.txt --json").output());
    assertThat(json.get("answers").get(0).get("score").asDouble())
        .isGreaterThan(json.get("answers").get(3).get("score").asDouble());
  }
}
