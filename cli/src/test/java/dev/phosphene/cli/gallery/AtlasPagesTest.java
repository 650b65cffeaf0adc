package dev.phosphene.cli.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.model.InputContract.Channels;
import dev.phosphene.model.InputContract.Layout;
import dev.phosphene.visualize.PictureRecord;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.RunRecord;
import dev.phosphene.visualize.atlas.AtlasFiles;
import dev.phosphene.visualize.atlas.AtlasIndex;
import dev.phosphene.visualize.atlas.AtlasIndex.FilterEntry;
import dev.phosphene.visualize.atlas.AtlasIndex.LayerEntry;
import dev.phosphene.visualize.atlas.AtlasIndex.LeftOut;
import dev.phosphene.visualize.atlas.AtlasIndex.PhotoEntry;
import dev.phosphene.visualize.atlas.AtlasSettings;
import dev.phosphene.visualize.diagnosis.Diagnosis;
import dev.phosphene.visualize.parameterization.ImageSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtlasPagesTest {
  private static final String HOSTILE = "<img src=x onerror='alert(\"1\")'>&{{layers}}";

  @TempDir Path folder;

  private static AtlasSettings settings(String model) {
    return new AtlasSettings(
        new PictureRecord.ModelFile(model, "ab".repeat(32), Map.of(), Map.of()),
        new PictureRecord.Input(
            "image", Layout.CHANNELS_FIRST, Channels.RGB, 0, 1, List.of(0f), List.of(1f)),
        new ImageSize(3, List.of(8, 8)),
        false,
        0,
        RunRecord.NOISE,
        Recipe.NATURAL);
  }

  private static FilterEntry filter(int filter, String label, List<PhotoEntry> photos) {
    return new FilterEntry(
        filter,
        label,
        "layers/000-a/filter-%04d.png".formatted(filter),
        1.5,
        "finished",
        2,
        new Diagnosis("dead-unit", HOSTILE, HOSTILE),
        99.96,
        photos);
  }

  private String written(AtlasIndex index, String page) throws IOException {
    AtlasPages.write(index, new AtlasFiles(folder));
    return Files.readString(folder.resolve(page));
  }

  @Test
  void whatOthersNamedIsText() throws IOException {
    LayerEntry layer =
        new LayerEntry(
            0,
            HOSTILE,
            HOSTILE,
            HOSTILE,
            2,
            "layers/000-a",
            List.of("layers/000-a/sheet.png"),
            HOSTILE,
            List.of(
                filter(0, HOSTILE, List.of(new PhotoEntry(HOSTILE, "photos/x.png", 2))),
                filter(1, "1", List.of())));
    AtlasIndex index =
        new AtlasIndex(
            HOSTILE,
            settings(HOSTILE),
            new AtlasIndex.Photos(HOSTILE, 5, 1),
            List.of(layer),
            List.of(new LeftOut(HOSTILE, HOSTILE)));
    for (String page : List.of("index.html", "layers/000-a/index.html")) {
      String html = written(index, page);
      assertThat(html).doesNotContain("<img src=x").doesNotContain("onerror='alert");
      assertThat(html).contains("&lt;img src=x onerror=&#39;alert(&quot;1&quot;)&#39;&gt;&amp;{{");
      // Every image has a description; in attributes there is no quote that would end them.
      assertThat(html.split("<img ", -1)).hasSameSizeAs(html.split(" alt=\"", -1));
    }
  }

  @Test
  void aLayersPageShowsPicturesPhotosAndNumbers() throws IOException {
    LayerEntry layer =
        new LayerEntry(
            3,
            "conv",
            "Conv",
            "[N, 7, 4, 4]",
            7,
            "layers/003-conv",
            List.of(),
            "",
            List.of(
                filter(2, "2", List.of(new PhotoEntry("cat/a.jpg", "photos/a.png", 0.123456)))));
    AtlasIndex index =
        new AtlasIndex(
            "1",
            settings("/home/me/net.onnx"),
            new AtlasIndex.Photos("photos", 5, 0),
            List.of(layer),
            List.of());
    String html = written(index, "layers/003-conv/index.html");
    assertThat(html)
        .contains("Conv · [N, 7, 4, 4] · 1 of 7 filters")
        .contains("<img src=\"../../layers/000-a/filter-0002.png\"")
        .contains("alt=\"What most excites filter 2 of layer conv\"")
        .contains("<img src=\"../../photos/a.png\" alt=\"Photo cat/a.jpg, activation 0.123\"")
        .contains("activation 1.50, above 99.9 % of photos");
    String overview = written(index, "index.html");
    assertThat(overview).contains("<a href=\"layers/003-conv/index.html\">");
    assertThat(overview).contains("What net.onnx has learned").doesNotContain("/home/me");
    assertThat(folder.resolve("atlas.css")).isRegularFile();
  }
}
