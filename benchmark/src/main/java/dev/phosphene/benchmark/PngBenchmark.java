package dev.phosphene.benchmark;

import dev.phosphene.image.Image;
import dev.phosphene.image.PngFile;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Picture;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Writing a picture of 224 x 224 pixels with the record from which it can be made again. */
@State(Scope.Benchmark)
public class PngBenchmark extends PartBenchmark {
  private final TemporaryFolder folder = new TemporaryFolder();
  private Image image;
  private String record;

  /** Makes a picture, in few steps. */
  @Setup(Level.Trial)
  public void make() {
    ActivationMaximization run =
        ActivationMaximization.of(EmbeddedNetworkBenchmark.network(folder))
            .size(SIZE)
            .each(0)
            .iterations(8);
    List<Picture> pictures = run.runAll();
    image = pictures.get(0).image();
    record = run.record(pictures).toJson();
  }

  /** The file, from pixels and text. */
  @Benchmark
  public void write() {
    PngFile.write(folder.path().resolve("picture.png"), image, record);
  }

  /** Deletes the file. */
  @TearDown(Level.Trial)
  public void close() {
    folder.close();
  }
}
