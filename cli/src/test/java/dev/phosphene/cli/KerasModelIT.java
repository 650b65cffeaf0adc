package dev.phosphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.demo.EmbeddedNetwork;
import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded network as a Keras archive: the same numbers as its ONNX file, and convertible. */
class KerasModelIT {
  private static final int SIDE = 32;

  @TempDir private static Path folder;

  @BeforeAll
  static void writeFiles() throws IOException {
    try (InputStream archive = EmbeddedNetwork.class.getResourceAsStream("cifar10.keras")) {
      Files.copy(archive, folder.resolve("network.keras"));
    }
    Random random = new Random(1);
    float[] first = new float[3 * SIDE * SIDE];
    for (int i = 0; i < first.length; i++) {
      first[i] = random.nextFloat();
    }
    float[] last = new float[first.length];
    for (int i = 0; i < first.length; i++) {
      last[i % (SIDE * SIDE) * 3 + i / (SIDE * SIDE)] = first[i];
    }
    NumpyFile.write(Tensor.of(first, 1, 3, SIDE, SIDE), folder.resolve("first.npy"));
    NumpyFile.write(Tensor.of(last, 1, SIDE, SIDE, 3), folder.resolve("last.npy"));
  }

  @Test
  void computesWhatItsOnnxFileComputes() throws Exception {
    double error = relativeError(run("network.keras", "last"), run("demo", "first"));
    System.out.printf("embedded network, .keras against .onnx: relative L2 %.1e%n", error);
    assertThat(error).isLessThan(1e-5);
  }

  @Test
  void convertsToAnOnnxFileOfTheSameOutputs() throws Exception {
    succeed("convert", "network.keras", "-o", "converted.onnx");
    double error = relativeError(run("converted.onnx", "last"), run("network.keras", "last"));
    System.out.printf("converted .onnx against .keras: relative L2 %.1e%n", error);
    assertThat(error).isLessThan(1e-6);
  }

  @Test
  void refusesToConvertIntoAnotherFormat() throws Exception {
    Program.Result result =
        new Program(folder).run("convert", "network.keras", "-o", "converted.h5");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.errors().toString()).contains("should name a .onnx file");
  }

  private static Tensor run(String model, String input) throws Exception {
    Path output = folder.resolve("y.npy");
    succeed("run", model, "--input", input + ".npy", "-o", "y.npy");
    return NumpyFile.read(output);
  }

  private static void succeed(String... arguments) throws Exception {
    Program.Result result = new Program(folder).run(arguments);
    assertThat(result.status()).as("%s", result.errors()).isZero();
  }

  private static double relativeError(Tensor found, Tensor expected) {
    double[] a = found.toDoubles();
    double[] b = expected.toDoubles();
    double error = 0;
    double norm = 0;
    for (int i = 0; i < b.length; i++) {
      error += (a[i] - b[i]) * (a[i] - b[i]);
      norm += b[i] * b[i];
    }
    return Math.sqrt(error / norm);
  }
}
