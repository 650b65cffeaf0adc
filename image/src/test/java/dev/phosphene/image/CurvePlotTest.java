package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CurvePlotTest {
  private static final int FIRST = Theme.curve(0, 1);

  private static Tensor signal(float... values) {
    return Tensor.of(values, 1, values.length);
  }

  /** The heights of a colour in a column of pixels; empty where it is not there. */
  private static List<Integer> rows(Image plot, int x, int colour) {
    return IntStream.range(0, plot.height())
        .filter(y -> plot.pixel(x, y) == colour)
        .boxed()
        .toList();
  }

  private static long pixels(Image plot, int colour) {
    return IntStream.range(0, plot.width()).mapToLong(x -> rows(plot, x, colour).size()).sum();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sloping", "steep", "dot"})
  void linesCoverTheAreaOfTheirStroke(String name) {
    double[] line = References.get("line." + name + ".in").toDoubles();
    double[] area = References.get("line." + name).toDoubles();
    Coverage coverage = new Coverage(16, 12);
    coverage.segment(line[0], line[1], line[2], line[3], line[4]);
    double sum = 0;
    double expected = 0;
    for (int i = 0; i < area.length; i++) {
      float covered = coverage.at(i % 16, i / 16);
      assertThat((double) covered).isEqualTo(area[i], within(0.16));
      sum += covered;
      expected += area[i];
    }
    assertThat(sum).isEqualTo(expected, within(0.05 * expected));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void ticksAreThoseOfMatplotlib(int index) {
    double[] range = References.get("ticks." + index + ".in").toDoubles();
    Ticks ticks = Ticks.within(range[0], range[1], (int) range[2]);
    assertThat(ticks.values().stream().mapToDouble(BigDecimal::doubleValue).toArray())
        .usingComparatorWithPrecision(1e-12 * Math.abs(range[1]))
        .containsExactly(References.get("ticks." + index).toDoubles());
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 1, 4, '-1.0 -0.5 0 0.5 1.0'",
    "0, 300, 3, '0 100 200 300'",
    "0.1, 0.34, 3, '0.1 0.2 0.3'",
    "-3e-8, 3e-8, 3, '-2e-8 0 2e-8'",
    "1e7, 1.2e7, 4, '1e7 1.05e7 1.1e7 1.15e7 1.2e7'",
    "-3e38, 3e38, 2, '-2e38 0 2e38'",
    "5, 5.0000000000001, 2, '5e0 5.00000000000005e0 5.0000000000001e0'"
  })
  void tickLabelsAreShort(double least, double most, int intervals, String expected) {
    Ticks ticks = Ticks.within(least, most, intervals);
    List<String> labels = ticks.values().stream().map(ticks::label).toList();
    assertThat(labels).containsExactly(expected.split(" "));
  }

  @ParameterizedTest
  @CsvSource({"1, 5, 1", "2, 5, 2", "10, 5, 5", "128, 5, 3", "100001, 5, 6"})
  void positionsAreWholeNumbers(int length, int intervals, int count) {
    Ticks ticks = Ticks.ofPositions(length, intervals);
    assertThat(ticks.values()).hasSize(count);
    assertThat(ticks.values())
        .allSatisfy(value -> assertThat(value.stripTrailingZeros().scale()).isLessThanOrEqualTo(0));
  }

  @Test
  void curveRisesWithItsValues() {
    Image plot = CurvePlot.of(signal(0, 1, 2, 3)).withRange(0, 3).render();
    assertThat(plot.width()).isEqualTo(448);
    assertThat(plot.height()).isEqualTo(224);
    assertThat(plot.pixel(0, 0)).isEqualTo(0x1C1C1E);
    List<Integer> early = rows(plot, 100, FIRST);
    List<Integer> late = rows(plot, 350, FIRST);
    assertThat(early).isNotEmpty();
    assertThat(late).isNotEmpty();
    assertThat(Collections.max(late)).isLessThan(Collections.min(early));
  }

  @Test
  void valuesThatAreNotFiniteLeaveGaps() {
    float[] values = new float[100];
    Image whole = CurvePlot.of(signal(values)).withRange(-1, 1).render();
    Arrays.fill(values, 40, 50, Float.NaN);
    Arrays.fill(values, 50, 60, Float.NEGATIVE_INFINITY);
    values[45] = 0;
    Image gap = CurvePlot.of(signal(values)).withRange(-1, 1).render();
    int empty = 0;
    for (int x = 0; x < whole.width(); x++) {
      empty += !rows(whole, x, FIRST).isEmpty() && rows(gap, x, FIRST).isEmpty() ? 1 : 0;
    }
    double spacing = (pixels(whole, FIRST) - 0.0) / rows(whole, 200, FIRST).size() / 99;
    assertThat(empty / spacing).isBetween(18.5, 21.0); // 21 intervals less the single value's dot
    Image nothing = CurvePlot.of(signal(Float.NaN, Float.NaN)).render();
    assertThat(pixels(nothing, FIRST)).isZero();
  }

  @Test
  void singleAndEqualValuesAreShown() {
    assertThat(pixels(CurvePlot.of(signal(3)).render(), FIRST)).isPositive();
    assertThat(pixels(CurvePlot.of(signal(0, 0)).render(), FIRST)).isPositive();
    assertThat(pixels(CurvePlot.of(signal(-7e30f, -7e30f)).render(), FIRST)).isPositive();
    assertThat(pixels(CurvePlot.of(signal(-3.4e38f, 3.4e38f)).render(), FIRST)).isPositive();
  }

  /** M4 keeps the extremes of each column: the picture of a long signal does not lose spikes. */
  @Test
  void longSignalsKeepTheirSpikes() {
    float[] values = new float[1_000_000];
    values[654_321] = 1;
    Curve curve = new Curve(values, 0, values.length);
    int[] seen = curve.seen(400);
    assertThat(seen).hasSizeLessThanOrEqualTo(1600).contains(654_321).isSorted();
    Image plot = CurvePlot.of(signal(values)).withRange(0, 1).render();
    long high = 0;
    for (int x = 0; x < plot.width(); x++) {
      high += rows(plot, x, FIRST).size() > 100 ? 1 : 0;
    }
    assertThat(high).isBetween(1L, 3L);
  }

  @Test
  void channelsHaveColoursAndNamesOfTheirOwn() {
    float[] values = new float[8 * 50];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.floorDiv(i, 50);
    }
    CurvePlot plot = CurvePlot.of(Tensor.of(values, 8, 50));
    Image image = plot.render();
    for (int c = 0; c < 8; c++) {
      assertThat(pixels(image, Theme.curve(c, 8))).isGreaterThan(350);
    }
    Image named = plot.withNames(Collections.nCopies(8, "temperature")).render();
    assertThat(named).isNotEqualTo(image);
    Image titled = plot.withTitle("all of them").render();
    assertThat(titled).isNotEqualTo(image);
    Random random = new Random(3);
    float[] many = new float[1000 * 10];
    for (int i = 0; i < many.length; i++) {
      many[i] = random.nextFloat();
    }
    assertThat(CurvePlot.of(Tensor.of(many, 1000, 10)).render().width()).isEqualTo(448);
  }

  @Test
  void coloursOfCurvesAreFarApart() {
    for (int count : new int[] {2, 8, 12}) {
      for (int a = 0; a < count; a++) {
        for (int b = 0; b < a; b++) {
          int first = Theme.curve(a, count);
          int second = Theme.curve(b, count);
          int distance = 0;
          for (int shift = 0; shift <= 16; shift += 8) {
            distance += Math.abs((first >> shift & 0xFF) - (second >> shift & 0xFF));
          }
          assertThat(distance).isGreaterThan(40);
        }
      }
    }
  }

  @Test
  void strengthsColourTheBackground() {
    float[] strengths = {0, 0, 0, 1, 1};
    HeatMap map = HeatMap.of(Tensor.of(strengths, 5));
    Image plot =
        CurvePlot.of(signal(0, 0, 0, 0, 0))
            .withRange(0, 10)
            .withStrengths(map, ColourMap.VIRIDIS)
            .render();
    assertThat(rows(plot, 430, ColourMap.VIRIDIS.colour(1))).hasSizeGreaterThan(100);
    assertThat(rows(plot, 150, Theme.PLOT_BACKGROUND)).hasSizeGreaterThan(100);
    assertThatThrownBy(() -> CurvePlot.of(signal(0, 0)).withStrengths(map, ColourMap.VIRIDIS))
        .isInstanceOf(PhospheneException.class)
        .hasMessage("The strengths of a signal of 2 positions are as many, found a heat map of 5");
  }

  @Test
  void pixelsAreTheSameOnEveryMachine() {
    float[] values = new float[3 * 64];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * i % 97 / 50f - Math.floorDiv(i, 64);
    }
    Image plot =
        CurvePlot.of(Tensor.of(values, 3, 64))
            .withTitle("three channels")
            .withNames(List.of("left", "right", "a name that is far too long for a legend"))
            .withSize(400, 200)
            .render();
    assertThat(plot.width()).isEqualTo(400);
    CRC32 checksum = new CRC32();
    checksum.update(plot.toBytes());
    assertThat(checksum.getValue()).isEqualTo(3278011384L);
  }

  @Test
  void smallestPlotHasRoomForAll() {
    float[] large = {1e-30f, 2e-30f, Float.NaN, 3e-30f, 1e-30f, 1e-30f};
    CurvePlot plot = CurvePlot.of(Tensor.of(large, 2, 3)).withTitle("a long title of a plot");
    Image image = plot.withNames(List.of("a long name", "b")).withSize(96, 96).render();
    assertThat(image.width()).isEqualTo(96);
    assertThat(pixels(image, Theme.curve(0, 2))).isPositive();
  }

  @Test
  void unfitPartsAreRefused() {
    assertThatThrownBy(() -> CurvePlot.of(Tensor.of(new float[8], 2, 2, 2)))
        .isInstanceOf(PhospheneException.class)
        .hasMessage("A signal to plot has the shape [C, L], found [2, 2, 2]");
    assertThatThrownBy(() -> CurvePlot.of(Tensor.of(new float[0], 2, 0)))
        .isInstanceOf(PhospheneException.class);
    CurvePlot plot = CurvePlot.of(signal(1, 2));
    assertThatThrownBy(() -> plot.withNames(List.of("a", "b")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> plot.withRange(1, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> plot.withRange(-1e308, 1e308))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> plot.withSize(10, 4000)).isInstanceOf(IllegalArgumentException.class);
  }
}
