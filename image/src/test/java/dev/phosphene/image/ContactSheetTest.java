package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContactSheetTest {
  private static final List<Image> TWO =
      List.of(Pictures.plain(128, 128, 0xFF0000), Pictures.plain(128, 128, 0x00FF00));

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 3", "4, 4", "6, 3", "8, 4", "10, 5", "12, 4", "64, 8", "100, 10"})
  void columnsFillTheirRows(int count, int columns) {
    assertThat(ContactSheet.chooseColumns(count, 1)).isEqualTo(columns);
  }

  @Test
  void picturesLieInAGridWithEqualSpaces() {
    Image sheet = ContactSheet.of(TWO, List.of()).render();
    assertThat(sheet.width()).isEqualTo(24 + 128 + 16 + 128 + 24);
    assertThat(sheet.height()).isEqualTo(24 + 128 + 24);
    assertThat(sheet.pixel(24, 24)).isEqualTo(0xFF0000);
    assertThat(sheet.pixel(151, 151)).isEqualTo(0xFF0000);
    assertThat(sheet.pixel(152, 100)).isEqualTo(0x1C1C1E);
    assertThat(sheet.pixel(168, 24)).isEqualTo(0x00FF00);
    assertThat(sheet.pixel(23, 24)).isEqualTo(0x1C1C1E);
  }

  @Test
  void titleAndLabelsTakeTheirRoom() {
    Image plain = ContactSheet.of(TWO, List.of()).render();
    Image labelled = ContactSheet.of(TWO, List.of("one", "two")).withTitle("Title").render();
    assertThat(labelled.width()).isEqualTo(plain.width());
    assertThat(labelled.height()).isEqualTo(plain.height() + 22 + 37);
    assertThat(inked(labelled, 24, 24 + 128 + 37, 128, 22)).isPositive();
    assertThat(inked(labelled, 0, 0, 320, 50)).isPositive();
  }

  private static int inked(Image image, int left, int top, int width, int height) {
    int count = 0;
    for (int y = top; y < top + height; y++) {
      for (int x = left; x < left + width; x++) {
        count += image.pixel(x, y) == 0x1C1C1E ? 0 : 1;
      }
    }
    return count;
  }

  @Test
  void longLabelsStayUnderTheirPicture() {
    String label = "a very long label that cannot fit under its picture";
    Image sheet = ContactSheet.of(TWO, List.of(label, "")).render();
    assertThat(inked(sheet, 24, 24 + 128, 128, 22)).isPositive();
    assertThat(inked(sheet, 24 + 128, 24 + 128, 168, 40)).isZero();
  }

  @Test
  void smallPicturesAreEnlargedByAWholeFactor() {
    Image small = Pictures.patterned(32, 32);
    ContactSheet sheet = ContactSheet.of(List.of(small), List.of());
    Image pixels = sheet.withEnlargement(ContactSheet.Enlargement.PIXELS).render();
    assertThat(pixels.cropped(24, 24, 128, 128)).isEqualTo(small.enlarged(4));
    assertThat(sheet.render().cropped(24, 24, 128, 128)).isEqualTo(small.resizedSmoothly(128, 128));
  }

  @Test
  void picturesOfOtherSizesAreCentred() {
    List<Image> mixed = List.of(TWO.get(0), Pictures.plain(128, 64, 0x0000FF));
    Image sheet = ContactSheet.of(mixed, List.of()).render();
    assertThat(sheet.pixel(168, 24 + 31)).isEqualTo(0x1C1C1E);
    assertThat(sheet.pixel(168, 24 + 32)).isEqualTo(0x0000FF);
  }

  @Test
  void countlessPicturesAreShrunkToFit() {
    List<Image> many = new ArrayList<>(Collections.nCopies(40, Pictures.plain(1, 1, 0x336699)));
    many.add(0, Pictures.plain(2000, 2000, 0x336699));
    Image sheet = ContactSheet.of(many, List.of()).render();
    assertThat((long) sheet.width() * sheet.height()).isLessThanOrEqualTo(Image.MAXIMUM_PIXELS);
    assertThat(sheet.pixel(30, 30)).isEqualTo(0x336699);
  }

  @Test
  void pixelsAreTheSameOnEveryMachine() {
    Image sheet =
        ContactSheet.of(
                List.of(Pictures.gradient(32, 32), Pictures.patterned(48, 20)),
                List.of("filter 0 (3.14)", "Ünïcode → x"))
            .withTitle("conv2d_3: 2 of 64 filters")
            .render();
    CRC32 checksum = new CRC32();
    checksum.update(sheet.toBytes());
    assertThat(checksum.getValue()).isEqualTo(3085808720L);
  }

  @Test
  void labelsMustFitThePictures() {
    assertThatThrownBy(() -> ContactSheet.of(TWO, List.of("one")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
