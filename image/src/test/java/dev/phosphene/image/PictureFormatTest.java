package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What files of all formats have in common. */
class PictureFormatTest {
  /** Odd sides, which some formats do not have; a text longer than a segment of a JPEG file. */
  private static final Image PICTURE = Pictures.gradient(45, 31);

  private static final List<Image> FRAMES =
      List.of(PICTURE, Pictures.plain(45, 31, 0x3366CC), Pictures.plain(45, 31, 0x3366CC));
  private static final String RECIPE = "{\"label\": \"\u00FC\u4E16\"}".repeat(9000);

  @TempDir Path folder;

  private Path written(PictureFormat format, String name, String recipe) {
    Path file = folder.resolve(name + format.extensions().get(0));
    if (format instanceof StillFormat still) {
      still.write(file, PICTURE, recipe);
    } else if (format instanceof AnimationFormat animation) {
      animation.write(file, FRAMES, 120, recipe);
    }
    return file;
  }

  static List<PictureFormat> all() {
    return PictureFormat.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void recipeComesBackWhole(PictureFormat format) {
    assertThat(format.recipe(written(format, "with", RECIPE))).hasValue(RECIPE);
    assertThat(format.recipe(written(format, "without", ""))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("all")
  void formatIsKnownByNameAndByContent(PictureFormat format) throws IOException {
    Path file = written(format, "named", RECIPE);
    assertThat(PictureFormat.ofContent(file)).isSameAs(format);
    for (String extension : format.extensions()) {
      Path upper = Path.of("A" + extension.toUpperCase(Locale.ROOT));
      PictureFormat named =
          format instanceof StillFormat
              ? StillFormat.ofName(upper).orElseThrow()
              : AnimationFormat.ofName(upper).orElseThrow();
      assertThat(named).isSameAs(format);
    }
    Path renamed = Files.move(file, folder.resolve("renamed.txt"));
    assertThat(PictureFormat.ofContent(renamed).recipe(renamed)).hasValue(RECIPE);
  }

  @ParameterizedTest
  @MethodSource("all")
  void sameContentGivesSameBytes(PictureFormat format) throws Exception {
    byte[] first = Files.readAllBytes(written(format, "first", RECIPE));
    Thread.sleep(1100); // a time in the file would have another second
    assertThat(Files.readAllBytes(written(format, "second", RECIPE))).isEqualTo(first);
  }

  @ParameterizedTest
  @MethodSource("all")
  void cutOffFilesAreRefusedInOneLine(PictureFormat format) throws IOException {
    byte[] whole = Files.readAllBytes(written(format, "whole", RECIPE));
    Path cut = folder.resolve("cut");
    for (int length : new int[] {9, 21, 60, 300}) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> format.recipe(cut))
          .isInstanceOf(PhospheneException.class)
          .hasMessageStartingWith(cut + ": ")
          .hasMessageNotContaining("\n");
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void otherFilesAreRefused(PictureFormat format) throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "no picture at all");
    assertThatThrownBy(() -> format.recipe(text))
        .isInstanceOf(PhospheneException.class)
        .hasMessageStartingWith(text + ": ");
    assertThatThrownBy(() -> PictureFormat.ofContent(text))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining(".png, .jpg");
  }
}
