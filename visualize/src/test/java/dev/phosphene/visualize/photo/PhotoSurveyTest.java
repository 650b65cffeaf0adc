package dev.phosphene.visualize.photo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.Image;
import dev.phosphene.image.Layout;
import dev.phosphene.image.PngFile;
import dev.phosphene.model.InputContract.Source;
import dev.phosphene.model.Model;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.ActivationMeter;
import dev.phosphene.visualize.LayerActivation;
import dev.phosphene.visualize.SmoothNetwork;
import dev.phosphene.visualize.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhotoSurveyTest {
  private static final int HEIGHT = 24;
  private static final int WIDTH = 20;

  @TempDir Path folder;
  @TempDir Path photos;
  private ActivationMaximization run;

  @BeforeEach
  void open() {
    Model model = SmoothNetwork.in(folder);
    run =
        ActivationMaximization.of(model)
            .inputContract(model.inputContract().withRange(-1, 1, Source.OPTION));
  }

  private Image write(String name, int seed) throws IOException {
    byte[] pixels = new byte[HEIGHT * WIDTH * 3];
    new Random(seed).nextBytes(pixels);
    Image photo = Image.of(WIDTH, HEIGHT, pixels);
    Files.createDirectories(photos.resolve(name).getParent());
    PngFile.write(photos.resolve(name), photo);
    return photo;
  }

  private PhotoSurvey survey(String... layers) {
    List<Target> targets =
        List.of(layers).stream().map(layer -> Target.of(run.model(), layer, false)).toList();
    return PhotoSurvey.of(run, targets, PhotoFolder.open(photos), (done, all) -> {}).orElseThrow();
  }

  /** The mean over positions of what a layer gives for one photo, computed by itself. */
  private double[] plain(Target target, Image photo) {
    float[] values = photo.toTensor(Layout.CHANNELS_LAST).toFloats();
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * values[i] - 1;
    }
    Tensor output =
        LayerActivation.of(
            run.model(), target, Tensor.of(values, 1, HEIGHT, WIDTH, 3), SessionSettings.SMALL);
    double[] means = new double[target.filters()];
    int positions = output.elements() / means.length;
    for (int i = 0; i < output.elements(); i++) {
      means[i / positions] += output.getDouble(i) / positions; // channels first
    }
    return means;
  }

  @Test
  void isWhatOnePhotoAtATimeGives() throws IOException {
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < 19; i++) { // more than a batch, and not a multiple of one
      images.add(write(String.format(Locale.ROOT, "%02d.png", i), i));
    }
    PhotoSurvey survey = survey("conv_b", "predictions");
    assertThat(survey.skipped()).isZero();
    for (PhotoActivations layer : survey.layers()) {
      assertThat(layer.photos()).hasSize(19).isSorted();
      for (int filter = 0; filter < layer.target().filters(); filter++) {
        double[] found = layer.of(List.of(filter));
        for (int photo = 0; photo < images.size(); photo++) {
          assertThat(found[photo])
              .isCloseTo(plain(layer.target(), images.get(photo))[filter], within(1e-5));
        }
      }
    }
  }

  @Test
  void percentilesAndTheMostExciting() throws IOException {
    for (int i = 0; i < 4; i++) {
      write("%d.png".formatted(i), i);
    }
    write("twin of 2.png", 2);
    PhotoActivations layer = survey("conv_c").layers().get(0);
    List<Integer> together = List.of(0, 3);
    double[] activations = layer.of(together);
    assertThat(activations[0])
        .isCloseTo(layer.of(List.of(0))[0] + layer.of(List.of(3))[0], within(1e-9));
    List<PhotoActivations.Excited> top = layer.top(together, 9);
    assertThat(top).hasSize(5);
    assertThat(top.stream().map(each -> -each.activation())).isSorted();
    assertThat(top.stream().map(PhotoActivations.Excited::photo))
        .containsSubsequence("2.png", "twin of 2.png");
    assertThat(layer.top(together, 2)).isEqualTo(top.subList(0, 2));
    assertThat(layer.percentile(together, 1e9)).isEqualTo(100);
    assertThat(layer.percentile(together, -1e9)).isEqualTo(0);
    assertThat(layer.percentile(together, top.get(0).activation())).isLessThanOrEqualTo(80);
    long lower = IntStream.range(0, 5).filter(photo -> activations[photo] < activations[1]).count();
    assertThat(layer.percentile(together, activations[1])).isEqualTo(20.0 * lower);
    assertThatThrownBy(() -> layer.of(List.of(99)))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("found 99");
  }

  @Test
  void picturesAreMeasuredAlike() throws IOException {
    Image photo = write("only.png", 7);
    Target target = Target.of(run.model(), "hidden", false);
    try (ActivationMeter meter = ActivationMeter.of(run, List.of(target), 1)) {
      Tensor input = meter.input(photo);
      float[] row = meter.measure(List.of(input, input, input)).get(2).get(0);
      assertThat((double) row[5]).isEqualTo(survey("hidden").layers().get(0).of(List.of(5))[0]);
    }
  }

  @Test
  void ofAHostileFolderOnlyPicturesCount() throws IOException {
    write("b.png", 1);
    write("inner/a.PNG", 2);
    write(".hidden.png", 3);
    write(".cache/c.png", 4);
    Path outside = folder.resolve("outside.png");
    Files.move(photos.resolve(".hidden.png"), outside);
    Files.createSymbolicLink(photos.resolve("link.png"), outside);
    Files.createSymbolicLink(photos.resolve("loop"), photos);
    Files.writeString(photos.resolve("notes.txt"), "no picture");
    Files.writeString(photos.resolve("a damaged.png"), "no picture either");
    Files.write(photos.resolve("empty.jpg"), new byte[0]);
    Files.createDirectory(photos.resolve("folder.png"));
    PhotoSurvey survey = survey("conv_a");
    assertThat(survey.layers().get(0).photos()).containsExactly("b.png", "inner/a.PNG");
    assertThat(survey.skipped()).isEqualTo(2);
    assertThat(survey.firstSkipped().orElseThrow())
        .contains("a damaged.png")
        .contains("begins with \"no picture e");
  }

  @Test
  void foldersWithoutAPicture() throws IOException {
    assertRefused(photos.resolve("absent"), "found nothing: check the path");
    assertRefused(photos, "found no file that ends in jpg");
    Files.createSymbolicLink(photos.resolve("link.png"), folder.resolve("smooth.onnx"));
    assertRefused(photos, "symbolic links are not followed");
    Path damaged = Files.writeString(photos.resolve("damaged.png"), "");
    assertRefused(damaged, "found a file");
    assertThatThrownBy(() -> survey("conv_a"))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("none of its 1 pictures can be read; the first: ");
  }

  private static void assertRefused(Path folder, String message) {
    assertThatThrownBy(() -> PhotoFolder.open(folder))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining(message);
  }

  @Test
  void tooManyActivationsAreRefusedBeforeTheWork() {
    List<String> names = IntStream.range(0, 1 << 20).mapToObj(i -> i + ".png").toList();
    List<Target> targets =
        IntStream.range(0, 16).mapToObj(i -> Target.of(run.model(), "conv_a", false)).toList();
    assertThatThrownBy(
            () -> PhotoSurvey.of(run, targets, new PhotoFolder(photos, names), (done, all) -> {}))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("choose fewer photos or layers");
  }

  @Test
  void anInterruptStopsIt() throws IOException {
    for (int i = 0; i < 20; i++) {
      write("%d.png".formatted(i), i);
    }
    List<Integer> told = new ArrayList<>();
    try {
      assertThat(
              PhotoSurvey.of(
                  run,
                  List.of(Target.of(run.model(), "conv_a", false)),
                  PhotoFolder.open(photos),
                  (done, all) -> {
                    told.add(done);
                    Thread.currentThread().interrupt();
                  }))
          .isEmpty();
      assertThat(told).containsExactly(10);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
