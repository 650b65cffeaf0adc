package dev.phosphene.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models with several inputs or outputs, open sizes, text, and inputs that are no pictures. */
class InputsIT {
  @TempDir private static Path folder;

  @BeforeAll
  static void writeFiles() throws IOException {
    OtherModels.masked(folder.resolve("masked.onnx"));
    OtherModels.text(folder.resolve("text.onnx"));
    OtherModels.vector(folder.resolve("vector.onnx"), 6);
    OtherModels.waveform(folder.resolve("waveform.onnx"));
    array("x.npy", OtherModels.weights(1, 3, 8, 8));
    array("m.npy", OtherModels.weights(1, 1, 8, 8));
    array("wide.npy", OtherModels.weights(1, 1, 8, 9));
    array("half.npy", Tensor.of(new float[] {0.5f}, 1));
    array("ids.npy", Tensor.of(new float[] {1, 2, 3, 4, 9}, 1, 5));
    array("row.npy", OtherModels.weights(1, 6));
    array("wave.npy", OtherModels.weights(1, 32));
    array("a=b.npy", OtherModels.weights(1, 6));
  }

  private static void array(String name, Tensor tensor) throws IOException {
    NumpyFile.write(tensor, folder.resolve(name));
  }

  private static Program.Result run(String command) throws Exception {
    return new Program(folder).run(command.split(" "));
  }

  private static List<String> succeed(String command) throws Exception {
    Program.Result result = run(command);
    assertThat(result.status()).as("%s", result.errors()).isZero();
    return result.errors();
  }

  private static double[] read(String name) throws IOException {
    return NumpyFile.read(folder.resolve(name)).toDoubles();
  }

  @Test
  void inputsAreGivenByNameAndOthersHeld() throws Exception {
    List<String> lines =
        succeed("run masked.onnx -i image=x.npy -i mask=m.npy --layer -1 -o named.npy");
    assertThat(String.join("\n", lines))
        .contains("Held, as not given: \"step\" (int64[1]) at 0;")
        .contains("Other outputs of the model:");
    assertThat(Arrays.stream(read("named.npy")).anyMatch(value -> value != 0)).isTrue();
    List<String> held = succeed("run masked.onnx -i x.npy --layer -1 -o held.npy");
    assertThat(String.join("\n", held))
        .contains("\"mask\" (float32[1, 1, 8, 8]) at 0, \"step\" (int64[1]) at 0; give them with");
    assertThat(read("held.npy")).containsOnly(0);
  }

  @Test
  void gradientsAreHadAtAnyInput() throws Exception {
    succeed("gradient masked.onnx -i image=x.npy -i mask=m.npy -f 1 -o image-gradient.npy");
    succeed("gradient masked.onnx -i image=x.npy -i mask=m.npy -f 1 --wrt mask -o mask-g.npy");
    double[] atImage = read("image-gradient.npy");
    double[] atMask = read("mask-g.npy");
    assertThat(atMask).hasSize(64);
    // y depends on image and mask through their product, so x dy/dx = m dy/dm, summed over
    // channels.
    double[] image = read("x.npy");
    double[] mask = read("m.npy");
    for (int position = 0; position < 64; position++) {
      double sum = 0;
      for (int channel = 0; channel < 3; channel++) {
        sum += image[channel * 64 + position] * atImage[channel * 64 + position];
      }
      assertThat(sum).isCloseTo(mask[position] * atMask[position], within(1e-6));
    }
  }

  @Test
  void picturesWithHeldInputsAreMadeAgain() throws Exception {
    succeed(
        "activate masked.onnx -i mask=m.npy --shape image=1x3x8x8 -f 0,1 --iterations 3 -o a.png");
    assertThat(succeed("replay a.png -o a-again.png").toString()).contains("the same pixels");
    succeed("saliency masked.onnx -i image=x.npy -i mask=m.npy -f 0 -o s.png");
    assertThat(succeed("replay s.png -o s-again.png").toString()).contains("the same pixels");
  }

  @Test
  void layersHaveTheSizesOfAShape() throws Exception {
    Program.Result open = run("layers masked.onnx");
    assertThat(open.output()).contains("[N, 4, ?, ?]");
    Program.Result sized = run("layers masked.onnx --shape image=2x3x20x30");
    assertThat(sized.output()).contains("[2, 4, 20, 30]").contains("20x30");
    assertThat(run("layers masked.onnx --shape 2x3x20x30").output()).isEqualTo(sized.output());
    assertThat(run("layers text.onnx --shape 1x7").output()).contains("[1, 7, 5]");
  }

  @Test
  void textIsEmbedded() throws Exception {
    assertThat(run("layers text.onnx").output())
        .contains("whole numbers from 0 to 9, which choose rows of \"words\"");
    succeed("run text.onnx -i ids.npy -o text.npy");
    assertThat(read("text.npy")).hasSize(25);
    List<String> lines = succeed("gradient text.onnx -i ids.npy -f 2 -o text-gradient.npy");
    assertThat(String.join("\n", lines))
        .contains("\"attention_mask\" (int64[1, 5]) at 1")
        .contains("the gradient is that at the output of layer")
        .contains("--wrt chooses another layer");
    Tensor gradient = NumpyFile.read(folder.resolve("text-gradient.npy"));
    assertThat(gradient.sizes()).containsExactly(1, 5, 4);
  }

  @ParameterizedTest
  @CsvSource({"vector,row.npy,", "vector,a=b.npy,", "waveform,wave.npy,--shape 1x32"})
  void inputsNeedNotBePictures(String model, String input, String shape) throws Exception {
    assertThat(run("layers %s.onnx".formatted(model)).status()).isZero();
    succeed("run %s.onnx -i %s -o %s-run.npy".formatted(model, input, model));
    succeed("gradient %s.onnx -i %s -f 1 -o %s-gradient.npy".formatted(model, input, model));
    assertThat(read(model + "-gradient.npy")).hasSameSizeAs(read(input));
    String sized = shape == null ? "" : " " + shape;
    succeed(
        "activate %s.onnx%s -f 0,1 --recipe keras-vis --tv-weight 0 --iterations 3 -o %s.png --raw %s-raw.npy"
            .formatted(model, sized, model, model));
    assertThat(read(model + "-raw.npy")).hasSize(2 * read(input).length);
    assertThat(succeed("replay %s.png -o %s-again.png".formatted(model, model)).toString())
        .contains("the same pixels");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | run masked.onnx -i photo=x.npy -o y.npy | has no input \"photo\"",
        "1 | run masked.onnx -i image=x.npy -i mask=x.npy -o y.npy | [N, 1, H, W], found [1, 3",
        "1 | run masked.onnx -i x.npy -i mask=wide.npy -o y.npy | 3, 8, 9], found [1, 3, 8, 8]",
        "1 | run masked.onnx -i x.npy -i step=half.npy -o y.npy | whole numbers (int64), found 0.5",
        "1 | run masked.onnx -i x.npy -i mask=none.npy -o y.npy | none.npy: no such file",
        "1 | run masked.onnx -i x.npy -i image=x.npy -o y.npy | given twice",
        "1 | run masked.onnx -i mask=m.npy -i mask=m.npy -o y.npy | given twice",
        "2 | run masked.onnx -i x.npy -i m.npy -o y.npy | given twice",
        "2 | run masked.onnx -i =m.npy -o y.npy | such as mask=m.npy",
        "1 | gradient masked.onnx -i mask=m.npy -f 0 --wrt image -o g.npy | --input image=FILE",
        "1 | gradient masked.onnx -i x.npy -f 0 --wrt step -o g.npy | --input step=FILE",
        "1 | run text.onnx -i half.npy -o y.npy | [N, T], found [1]",
        "1 | run text.onnx -i row.npy -o y.npy | whole numbers (int64)",
        "1 | saliency text.onnx -i ids.npy -f 0 | phosphene gradient",
        "2 | activate masked.onnx -i m.npy -f 0 -o a.png | --seed-input m.npy",
        "1 | activate masked.onnx -f 0 -o a.png | --shape",
        "1 | activate waveform.onnx -f 0 -o a.png | --shape",
        "1 | layers masked.onnx --shape 1x4x8x8 | should have the shape [N, 3, H, W], found [1, 4",
        "1 | layers masked.onnx --shape photo=1x3 | has no input \"photo\"",
        "2 | layers masked.onnx --shape 1x3x0x8 | sizes of at least 1",
        "2 | layers masked.onnx --shape 1x3x-8x8 | sizes of at least 1",
        "2 | layers masked.onnx --shape 1x3x99999999999x8 | sizes of at least 1",
        "1 | layers masked.onnx --shape 1x3x999999x999999 | at most",
        "2 | layers masked.onnx --shape 1x3x8x8 --size 8 | --size and --shape",
        "2 | layers masked.onnx --shape mask= | sizes of at least 1",
      })
  void oneLineSaysWhatIsWrong(int status, String command, String said) throws Exception {
    Program.Result result = run(command);
    assertThat(result.errors()).hasSize(1);
    assertThat(result.errors().get(0)).startsWith("phosphene: ").contains(said);
    assertThat(result.status()).isEqualTo(status);
    assertThat(result.output()).isEmpty();
    assertThat(Files.exists(folder.resolve("y.npy"))).isFalse();
  }
}
