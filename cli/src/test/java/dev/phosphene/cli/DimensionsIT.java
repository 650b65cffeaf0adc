package dev.phosphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.image.Image;
import dev.phosphene.tensor.NumpyFile;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All commands on signals, volumes, and pictures of any number of channels. */
class DimensionsIT {
  @TempDir private static Path folder;

  /**
   * A kind of input.
   *
   * @param name of the files about it
   * @param channels of the input
   * @param spatial its other axes
   */
  record Kind(String name, int channels, int... spatial) {
    long[] input() {
      return LongStream.concat(LongStream.of(1, channels), LongStream.of(map())).toArray();
    }

    long[] map() {
      return IntStream.of(spatial).asLongStream().toArray();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Kind> kinds() {
    return Stream.of(
        new Kind("signal", 2, 32),
        new Kind("volume", 1, 4, 6, 8),
        new Kind("bands", 5, 8, 12),
        new Kind("gray", 1, 8, 12));
  }

  private static void succeed(String command) throws Exception {
    Program.Result result = new Program(folder).run(command.split(" "));
    assertThat(result.status()).as("%s", result.errors()).isZero();
  }

  private static long[] sizes(String array) throws Exception {
    return NumpyFile.read(folder.resolve(array)).sizes();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyCommandWorks(Kind kind) throws Exception {
    ModelFiles.classifier(folder.resolve(kind + ".onnx"), kind.channels(), kind.spatial());
    String of = " %s.onnx ".formatted(kind);
    succeed(
        "activate%s-f 0,1 --recipe keras-vis --iterations 3 --jitter 0.3 -o %s.gif"
            .formatted(of, kind));
    succeed("replay %s.gif".formatted(kind));
    succeed(
        "activate%s-f 0 --recipe keras-vis --iterations 3 -o %s.png --raw %s.npy"
            .formatted(of, kind, kind));
    assertThat(sizes(kind + ".npy")).isEqualTo(kind.input());
    succeed("activate%s-f 0 --iterations 3 -o %s-natural.png".formatted(of, kind));
    succeed("replay %s-natural.png".formatted(kind));

    succeed("saliency%s-i %s.npy -o %s-map.npy".formatted(of, kind, kind));
    assertThat(sizes(kind + "-map.npy")).isEqualTo(kind.map());
    succeed("cam%s-i %s.npy -o %s-cam.png".formatted(of, kind, kind));
    succeed("replay %s-cam.png -o %s-again.png".formatted(kind, kind));
    assertThat(Image.read(folder.resolve(kind + "-again.png")).width()).isGreaterThan(200);
  }
}
