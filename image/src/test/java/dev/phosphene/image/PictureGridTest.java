package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PictureGridTest {
  @Test
  void picturesAreStitchedAsKerasVisDoes() {
    Tensor tiles = References.get("grid.in");
    List<Image> pictures = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      pictures.add(References.image(tiles.select(range(i * 18, 18), 2, 3, 3)));
    }
    Image grid = PictureGrid.of(pictures).withMargin(2).withColumns(3).render();
    assertThat(grid).isEqualTo(References.image(References.get("grid.stitched")));
  }

  private static int[] range(int first, int count) {
    return IntStream.range(first, first + count).toArray();
  }

  @Test
  void fewPicturesLeaveNoEmptyColumns() {
    Image picture = Pictures.patterned(4, 3);
    assertThat(PictureGrid.of(List.of(picture)).render()).isEqualTo(picture);
    assertThat(PictureGrid.of(List.of(picture, picture)).render().width()).isEqualTo(4 + 5 + 4);
  }

  @Test
  void unfitGridsAreRefused() {
    Image picture = Pictures.plain(2000, 2000, 0);
    assertThatThrownBy(() -> PictureGrid.of(Collections.nCopies(20, picture)).render())
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("20 pictures");
    assertThatThrownBy(() -> PictureGrid.of(List.of(picture, Pictures.plain(2, 2, 0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2000 x 2000 and 2 x 2");
    assertThatThrownBy(() -> PictureGrid.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PictureGrid.of(List.of(picture)).withMargin(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
