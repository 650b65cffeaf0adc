package dev.phosphene.visualize.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.model.Layer;
import dev.phosphene.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AtlasFilesTest {
  private static String folder(int index, String name) {
    return AtlasFiles.layer(
        new Layer(
            index,
            name,
            "Conv",
            "output",
            Shape.of(1, 2),
            OptionalInt.of(1),
            OptionalLong.of(2),
            0,
            Optional.empty(),
            OptionalInt.empty()));
  }

  @Test
  void plainNamesStandAsTheyAre() {
    assertThat(folder(7, "stage1.block-1_conv")).isEqualTo("layers/007-stage1.block-1_conv");
    assertThat(AtlasFiles.picture("layers/007-a", 20)).isEqualTo("layers/007-a/filter-0020.png");
    assertThat(AtlasFiles.sheet("layers/007-a", 0)).isEqualTo("layers/007-a/sheet.jpg");
    assertThat(AtlasFiles.sheet("layers/007-a", 1)).isEqualTo("layers/007-a/sheet-2.jpg");
  }

  @Test
  void hostileNamesStayInTheFolderAndApart() {
    List<String> names =
        List.of(
            "../../etc/passwd",
            "a/b",
            "a_b/",
            "a\u0000b",
            "..",
            ".",
            "",
            "CON:",
            "x".repeat(5000),
            "x".repeat(5001),
            "ä",
            "<img src=x>");
    List<String> folders = names.stream().map(name -> folder(3, name)).toList();
    assertThat(folders).doesNotHaveDuplicates();
    assertThat(folders)
        .allMatch(each -> each.matches("layers/003-[A-Za-z0-9_-]{0,60}-[0-9a-f]{12}"));
    assertThat(folder(Layer.UNLISTED, "a")).matches("layers/unlisted-a-[0-9a-f]{12}");
    assertThat(AtlasFiles.photo("../x.png")).matches("photos/_x-[0-9a-f]{12}\\.jpg");
    assertThat(AtlasFiles.photo("x.png")).isNotEqualTo(AtlasFiles.photo("x.jpg"));
  }
}
