package dev.phosphene.visualize.atlas;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.Image;
import dev.phosphene.image.PngFile;
import dev.phosphene.model.InputContract.Source;
import dev.phosphene.model.Model;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.LayerActivation;
import dev.phosphene.visualize.Picture;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.SmoothNetwork;
import dev.phosphene.visualize.Target;
import dev.phosphene.visualize.atlas.AtlasIndex.FilterEntry;
import dev.phosphene.visualize.atlas.AtlasIndex.LayerEntry;
import dev.phosphene.visualize.atlas.AtlasIndex.LeftOut;
import dev.phosphene.visualize.loss.NeuronLoss;
import dev.phosphene.visualize.parameterization.AlignedImage;
import dev.phosphene.visualize.photo.PhotoFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtlasTest {
  private static final Recipe RECIPE = Recipe.NATURAL.with(changes -> changes.iterations(2));

  @TempDir Path models;
  @TempDir Path folder;
  @TempDir Path photos;
  private Model model;

  @BeforeEach
  void open() {
    model = SmoothNetwork.in(models);
  }

  private ActivationMaximization run() {
    return ActivationMaximization.of(model)
        .recipe(RECIPE)
        .inputContract(model.inputContract().withRange(-1, 1, Source.OPTION));
  }

  private LayerWork work(String layer, Integer... filters) {
    return new LayerWork(Target.of(model, layer, false), List.of(filters));
  }

  private LayerEntry made(Atlas atlas, LayerWork work) {
    atlas.make(List.of(work));
    return atlas.index().layer(work.target().layer().name()).orElseThrow();
  }

  private AtlasIndex stored() throws IOException {
    return AtlasJson.read(Files.readAllBytes(folder.resolve(AtlasFiles.INDEX)));
  }

  private byte[] bytes(FilterEntry entry) throws IOException {
    return Files.readAllBytes(folder.resolve(entry.file()));
  }

  @Test
  void picturesAreThoseOfARunByItself() throws IOException {
    Atlas atlas = Atlas.open(run(), folder);
    LayerEntry layer = made(atlas, work("conv_b", 1, 3));
    Picture alone = run().layer("conv_b").each(3).run();
    FilterEntry entry = layer.picture(3).orElseThrow();
    assertThat(Image.read(folder.resolve(entry.file()))).isEqualTo(alone.image());
    double mean =
        LayerActivation.means(
                model, Target.of(model, "conv_b", false), alone.input(), SessionSettings.SMALL)
            .getDouble(3);
    assertThat(entry.activation()).isCloseTo(mean, within(1e-5));
    assertThat(entry.outcome()).isEqualTo("finished");
    assertThat(entry.steps()).isEqualTo(2);
    assertThat(layer.shape()).isEqualTo("[N, 12, 6, 5]");
    assertThat(layer.sheets()).containsExactly(layer.folder() + "/sheet.jpg");
    assertThat(folder.resolve(layer.sheets().get(0))).isRegularFile();
    assertThat(stored()).isEqualTo(atlas.index());
  }

  @Test
  void whatIsThereIsKept() throws IOException {
    LayerWork some = work("conv_b", 0, 1);
    LayerEntry before = made(Atlas.open(run(), folder), some);
    byte[] first = bytes(before.pictures().get(0));
    Files.delete(folder.resolve(before.pictures().get(1).file()));

    Atlas again = Atlas.open(run(), folder);
    assertThat(again.index().layers()).containsExactly(before);
    LayerWork more = work("conv_b", 0, 1, 2);
    assertThat(again.missing(more).filters()).containsExactly(1, 2);
    Files.setLastModifiedTime(
        folder.resolve(before.pictures().get(0).file()), FileTime.fromMillis(0));
    Atlas.Result result = again.make(List.of(more, work("hidden", 5)));
    assertThat(result.made()).isEqualTo(3);
    assertThat(result.kept()).isEqualTo(1);
    assertThat(
            Files.getLastModifiedTime(folder.resolve(before.pictures().get(0).file())).toMillis())
        .isZero();
    LayerEntry after = stored().layer("conv_b").orElseThrow();
    assertThat(after.pictures()).startsWith(before.pictures().toArray(new FilterEntry[0]));
    assertThat(bytes(after.pictures().get(0))).isEqualTo(first);
    assertThat(stored().layers()).extracting(LayerEntry::name).containsExactly("conv_b", "hidden");
  }

  @Test
  void aPictureOfAnotherRecordIsMadeAgain() throws IOException {
    LayerEntry layer = made(Atlas.open(run(), folder), work("conv_b", 0, 1));
    byte[] right = bytes(layer.pictures().get(0));
    Files.copy(
        folder.resolve(layer.pictures().get(1).file()),
        folder.resolve(layer.pictures().get(0).file()),
        StandardCopyOption.REPLACE_EXISTING);
    Atlas again = Atlas.open(run(), folder);
    assertThat(again.missing(work("conv_b", 0, 1)).filters()).containsExactly(0);
    assertThat(again.make(List.of(work("conv_b", 0, 1))).made()).isEqualTo(1);
    assertThat(bytes(layer.pictures().get(0))).isEqualTo(right);
  }

  @Test
  void anInterruptKeepsFinishedBatchesAndTheRestIsMadeLater() throws IOException {
    // Ten filters at most in a layer: two layers are two batches.
    List<LayerWork> plan = List.of(work("conv_a", 0, 1), work("conv_b", 0, 1, 2));
    ActivationMaximization interrupted =
        run()
            .onIteration(
                iteration -> {
                  if (iteration.filters().size() == 3) {
                    Thread.currentThread().interrupt();
                  }
                });
    Atlas.Result result;
    try {
      result = Atlas.open(interrupted, folder).make(plan);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(result.interrupted()).isTrue();
    assertThat(result.made()).isEqualTo(2);
    assertThat(stored().layer("conv_b").orElseThrow().pictures()).isEmpty();
    assertThat(folder.resolve(stored().layer("conv_b").orElseThrow().folder())).doesNotExist();
    Atlas.Result rest = Atlas.open(run(), folder).make(plan);
    assertThat(rest).isEqualTo(new Atlas.Result(3, 2, List.of(), false, Optional.empty()));
    assertThat(stored().pictures()).isEqualTo(5);
  }

  @Test
  void anAtlasOfOtherSettingsIsRefused() {
    made(Atlas.open(run(), folder), work("hidden", 0));
    assertRefused(run().seed(3), "(seed 0, now 3)");
    assertRefused(run().iterations(4), "(recipe iterations 2, now 4)");
    assertRefused(run().recipe(Recipe.MACO), "recipe name natural, now maco");
    assertRefused(run().softmax(true), "(softmax kept false, now true)");
    assertRefused(
        run().inputContract(model.inputContract().withRange(0, 1, Source.OPTION)),
        "(low -1.0, now 0.0)");
    assertRefused(run().seedInput(Image.of(1, 1, new byte[3])), "(start noise, now ");
    Atlas.open(run().threads(1), folder);
  }

  private void assertRefused(ActivationMaximization run, String message) {
    assertThatThrownBy(() -> Atlas.open(run, folder))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("has an atlas made otherwise")
        .hasMessageContaining(message);
  }

  @Test
  void foldersWithOtherFilesAndDamagedIndicesAreRefused() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("thesis.tex"), "");
    assertThatThrownBy(() -> Atlas.open(run(), other))
        .hasMessageContaining("found \"thesis.tex\" and no index.json; choose another folder");
    LayerEntry hidden =
        made(Atlas.open(run(), Files.createDirectory(folder.resolve("atlas"))), work("hidden", 0));
    Path index = folder.resolve("atlas").resolve(AtlasFiles.INDEX);
    String right = Files.readString(index);
    for (String wrong :
        List.of(
            "",
            "{}",
            "null",
            right.replaceAll("\"shape\" : \"[^\"]*\"", "\"shape\" : null"),
            right.replaceAll("\"settings\" : \\{", "\"settings\" : null, \"other\" : {"),
            "[".repeat(100_000),
            right.substring(0, 300),
            right.replace(hidden.folder() + "/filter", "../../../secret"),
            right.replace("\"" + hidden.folder() + "\"", "\"javascript:alert(1)\""))) {
      assertThat(wrong).isNotEqualTo(right);
      Files.writeString(index, wrong);
      assertThatThrownBy(() -> Atlas.open(run(), folder.resolve("atlas")))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("not the index of an atlas");
    }
  }

  @Test
  void aLayerThatCannotBeShownIsNoted() throws IOException {
    // A dense layer has no positions to choose one of.
    Recipe neuron =
        RECIPE.with(changes -> changes.losses(List.of(weighted(new NeuronLoss(List.of(5, 4)), 1))));
    Atlas atlas = Atlas.open(run().recipe(neuron), folder);
    atlas.leaveOut(List.of(new LeftOut("gap", "it makes no new filters")));
    Atlas.Result result = atlas.make(List.of(work("hidden", 0), work("conv_b", 0)));
    assertThat(result.made()).isEqualTo(1);
    assertThat(result.failed()).extracting(LayerEntry::name).containsExactly("hidden");
    LayerEntry failed = stored().layer("hidden").orElseThrow();
    assertThat(failed.problem()).isNotEmpty();
    assertThat(failed.pictures()).isEmpty();
    assertThat(stored().layer("conv_b").orElseThrow().problem()).isEmpty();
    assertThat(stored().leftOut()).extracting(LeftOut::layer).containsExactly("gap");
  }

  @Test
  void recipesWhosePicturesDependOnEachOtherAreRefused() {
    Recipe shared = RECIPE.with(changes -> changes.parameterization(AlignedImage.NATURAL));
    assertThatThrownBy(() -> Atlas.open(run().recipe(shared), folder))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("made by themselves");
  }

  @Test
  void photosStandBesidePicturesAndCanComeLater() throws IOException {
    LayerWork work = work("conv_b", 0, 1);
    made(Atlas.open(run(), folder), work);
    for (int i = 0; i < 5; i++) {
      byte[] pixels = new byte[400 * 300 * 3];
      new Random(i).nextBytes(pixels);
      PngFile.write(photos.resolve("<%d>.png".formatted(i)), Image.of(400, 300, pixels));
    }
    Files.writeString(photos.resolve("damaged.jpg"), "no picture");
    Atlas atlas = Atlas.open(run(), folder).photos(PhotoFolder.open(photos), 2);
    Atlas.Result result = atlas.make(List.of(work));
    assertThat(result.made()).isZero();
    assertThat(result.photosSkipped().orElseThrow()).contains("damaged.jpg");
    AtlasIndex index = stored();
    assertThat(index.photos()).isEqualTo(new AtlasIndex.Photos(photos.toString(), 5, 1));
    FilterEntry entry = index.layer("conv_b").orElseThrow().picture(1).orElseThrow();
    assertThat(entry.percentile()).isBetween(0.0, 100.0);
    assertThat(entry.photos()).hasSize(2);
    assertThat(entry.photos().get(0).activation())
        .isGreaterThanOrEqualTo(entry.photos().get(1).activation());
    for (AtlasIndex.PhotoEntry photo : entry.photos()) {
      assertThat(photo.name()).matches("<\\d>\\.png");
      assertThat(photo.file()).matches("photos/_\\d_-[0-9a-f]{12}\\.jpg");
      Image copy = Image.read(folder.resolve(photo.file()));
      assertThat(copy.height()).isEqualTo(160);
      assertThat(copy.width()).isEqualTo(133);
    }
  }

  @Test
  void indexIsAsciiAndReadsBack() {
    AtlasIndex index = Atlas.open(run(), folder).index();
    AtlasIndex hostile =
        new AtlasIndex(
            "ü", index.settings(), null, List.of(), List.of(new LeftOut("<b>\n\u2028", "ä")));
    byte[] json = AtlasJson.write(hostile);
    assertThat(new String(json, StandardCharsets.ISO_8859_1)).matches("[\\x20-\\x7e\\r\\n]*");
    try {
      assertThat(AtlasJson.read(json)).isEqualTo(hostile);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
