package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DepictionTest {
  private static Tensor ramp(long... sizes) {
    int elements = (int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    float[] values = new float[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = i / (float) elements;
    }
    return Tensor.of(values, sizes);
  }

  @ParameterizedTest
  @CsvSource({"1", "3"})
  void picturesAreThemselves(int channels) {
    Tensor picture = ramp(channels, 5, 7);
    assertThat(Depiction.ofInput(picture))
        .isEqualTo(Image.fromTensor(picture, Layout.CHANNELS_FIRST).get(0));
  }

  @Test
  void signalsAndVectorsAreCurves() {
    Tensor signal = ramp(2, 30);
    assertThat(Depiction.ofInput(signal)).isEqualTo(CurvePlot.of(signal).render());
    assertThat(Depiction.ofInput(ramp(30))).isEqualTo(CurvePlot.of(ramp(1, 30)).render());
  }

  @ParameterizedTest
  @CsvSource({"100, 36", "37, 36", "5, 36", "64, 16", "10, 6", "3, 1"})
  void indicesAreChosenEvenly(int count, int most) {
    double[] expected = References.get("chosen.%d.%d".formatted(count, most)).toDoubles();
    assertThat(Arrays.stream(Slices.chosen(count, most)).asDoubleStream().toArray())
        .containsExactly(expected);
  }

  @Test
  void planesAreThoseOfNumpy() {
    Planes planes = Planes.of(References.get("planes.in").as(ElementType.FLOAT32));
    assertThat(planes.gray(1, 2)).isEqualTo(References.image(References.get("planes.gray")));
    assertThat(planes.slice(1)).isEqualTo(References.image(References.get("planes.mean")));
  }

  @Test
  void otherNumbersOfChannelsAreASheetOfThem() {
    Tensor two = ramp(2, 8, 8);
    Image sheet = Depiction.ofInput(two);
    assertThat(sheet.cropped(24, 24, 112, 112)).isEqualTo(Planes.of(two).gray(0, 0).enlarged(14));
    assertThat(sheet.cropped(24 + 128, 24, 112, 112))
        .isEqualTo(Planes.of(two).gray(1, 0).enlarged(14));
    Image many = Depiction.ofInput(ramp(300, 8, 8));
    List<Image> pictures = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int channel : Slices.chosen(300, 16)) {
      pictures.add(Planes.of(ramp(300, 8, 8)).gray(channel, 0));
      labels.add(String.valueOf(channel));
    }
    ContactSheet expected =
        ContactSheet.of(pictures, labels)
            .withTitle("16 of 300 channels")
            .withEnlargement(ContactSheet.Enlargement.PIXELS);
    assertThat(many).isEqualTo(expected.render());
  }

  @Test
  void volumesAreSlices() {
    Tensor volume = ramp(3, 5, 8, 8);
    ContactSheet sheet = Slices.sheet(volume);
    assertThat(sheet.labels()).containsExactly("0", "1", "2", "3", "4");
    float[] values = volume.toFloats();
    float[] third = new float[3 * 64];
    for (int c = 0; c < 3; c++) {
      System.arraycopy(values, (c * 5 + 2) * 64, third, c * 64, 64);
    }
    assertThat(sheet.pictures().get(2))
        .isEqualTo(Image.fromTensor(Tensor.of(third, 3, 8, 8), Layout.CHANNELS_FIRST).get(0));
    assertThat(Depiction.ofInput(volume)).isEqualTo(sheet.render());
    ContactSheet deep = Slices.sheet(ramp(1, 500, 2, 2));
    assertThat(deep.pictures()).hasSize(36);
    assertThat(deep.labels()).startsWith("0", "14").endsWith("499");
    assertThat(deep.title()).isEqualTo("36 of 500 slices");
  }

  @Test
  void otherChannelsOfVolumesAreRows() {
    ContactSheet two = Slices.sheet(ramp(2, 3, 4, 4));
    assertThat(two.columns()).isEqualTo(3);
    assertThat(two.labels()).containsExactly("0 / 0", "0 / 1", "0 / 2", "1 / 0", "1 / 1", "1 / 2");
    ContactSheet many = Slices.sheet(ramp(100, 100, 2, 2));
    assertThat(many.pictures()).hasSize(36);
    assertThat(many.title()).isEqualTo("channel (6 of 100) / slice (6 of 100)");
  }

  @Test
  void mapsAloneAreColouredAndEnlarged() {
    HeatMap map = HeatMap.of(ramp(4, 7));
    Image picture = Depiction.ofMap(map, ColourMap.VIRIDIS);
    assertThat(picture).isEqualTo(map.coloured(ColourMap.VIRIDIS).enlarged(32));
    HeatMap large = HeatMap.of(ramp(300, 20));
    assertThat(Depiction.ofMap(large, ColourMap.JET)).isEqualTo(large.coloured(ColourMap.JET));
    HeatMap volume = HeatMap.of(ramp(3, 4, 4));
    assertThat(Slices.sheet(volume, ColourMap.JET).pictures().get(1))
        .isEqualTo(volume.slice(1).coloured(ColourMap.JET));
    assertThat(Depiction.ofMap(volume, ColourMap.JET))
        .isEqualTo(Slices.sheet(volume, ColourMap.JET).render());
    assertThat(Depiction.ofMap(HeatMap.of(ramp(50)), ColourMap.JET).width()).isEqualTo(448);
  }

  @Test
  void mapsLieOverTheirInputs() {
    Tensor picture = ramp(3, 20, 10);
    HeatMap map = HeatMap.of(ramp(2, 2));
    Image shown = Depiction.ofInput(picture);
    assertThat(Depiction.ofMapOver(picture, map, Overlay.KERAS_VIS))
        .isEqualTo(Overlay.KERAS_VIS.over(shown, map));
    Tensor volume = ramp(2, 6, 8, 8);
    ContactSheet slices = Slices.sheet(volume, HeatMap.of(ramp(3, 4, 4)), Overlay.KERAS_VIS);
    HeatMap deep = HeatMap.of(ramp(3, 4, 4)).resizedSmoothly(List.of(6, 4, 4));
    assertThat(slices.pictures().get(4))
        .isEqualTo(Overlay.KERAS_VIS.over(Planes.of(volume).slice(4), deep.slice(4)));
    Tensor signal = ramp(1, 40);
    Image curve = Depiction.ofMapOver(signal, HeatMap.of(ramp(5)), Overlay.BY_STRENGTH);
    HeatMap fitted = HeatMap.of(ramp(5)).resizedSmoothly(List.of(40));
    assertThat(curve)
        .isEqualTo(CurvePlot.of(signal).withStrengths(fitted, ColourMap.TURBO).render());
    assertThatThrownBy(() -> Depiction.ofMapOver(signal, map, Overlay.KERAS_VIS))
        .isInstanceOf(PhospheneException.class)
        .hasMessage("A heat map over an input of shape [1, 40] has 1 axes, found one of 2 x 2");
  }

  @Test
  void hugeAndThinInputsGiveBoundedPictures() {
    Image sheet = Depiction.ofInput(Tensor.of(new float[2 * 3000 * 3000], 2, 3000, 3000));
    assertThat(sheet.width()).isLessThan(1200);
    Image thin = Depiction.ofInput(Tensor.of(new float[1 << 22], 2, 1, 1 << 21));
    assertThat(thin.width()).isLessThan(1200);
    Image narrow = Depiction.ofInput(Tensor.of(new float[2 * 600], 2, 600, 1));
    assertThat(narrow.width()).isEqualTo(2 * 24 + 2 * 40 + 16); // room for the labels
    Image long1 = Depiction.ofInput(Tensor.of(new float[1 << 22], 1 << 21, 2));
    assertThat(long1.width()).isEqualTo(448);
  }

  @Test
  void otherShapesAreRefused() {
    for (Tensor wrong :
        List.of(
            Tensor.of(new float[1]),
            Tensor.of(new float[1], 1, 1, 1, 1, 1),
            Tensor.of(new float[0], 0, 4, 4))) {
      assertThatThrownBy(() -> Depiction.ofInput(wrong))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("[C, L], [C, H, W] or [C, D, H, W]");
    }
    assertThatThrownBy(() -> Slices.sheet(HeatMap.of(ramp(2, 2)), ColourMap.GRAY))
        .isInstanceOf(PhospheneException.class);
    assertThatThrownBy(() -> Slices.sheet(ramp(2, 2, 2))).isInstanceOf(PhospheneException.class);
  }

  @Test
  void singleInputsLoseBatchAndMoveTheirChannelsFirst() {
    Tensor last = ramp(1, 2, 3, 4, 5);
    Tensor moved = Layout.CHANNELS_LAST.single(last);
    assertThat(moved.sizes()).containsExactly(5, 2, 3, 4);
    assertThat(moved.getDouble(((3 * 2 + 1) * 3 + 2) * 4 + 3))
        .isEqualTo(last.getDouble(((1 * 3 + 2) * 4 + 3) * 5 + 3));
    Tensor first = ramp(1, 4, 6);
    assertThat(Layout.CHANNELS_FIRST.single(first).sizes()).containsExactly(4, 6);
    assertThat(Layout.CHANNELS_LAST.single(ramp(1, 9)).sizes()).containsExactly(9);
    assertThatThrownBy(() -> Layout.CHANNELS_LAST.single(ramp(2, 9)))
        .isInstanceOf(PhospheneException.class);
  }
}
