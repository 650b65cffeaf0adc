package dev.phosphene.visualize.parameterization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Evaluation;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pictures with alpha against {@code a x + (1 - a) b}. */
class AlphaImageTest {
  private static final ImageSize SIZE = new ImageSize(2, List.of(5, 4));

  private static final ImageSize ALPHA = new ImageSize(1, List.of(5, 4));

  private static final FourierImage COLOURS = new FourierImage(1, 0.5);

  private static final AlphaImage IMAGE = new AlphaImage(COLOURS, 0.5);

  private static final float[] PARAMETERS = IMAGE.initial(new Random(6), SIZE, 0, 1);

  private static final float[] X =
      Built.image(COLOURS, Arrays.copyOf(PARAMETERS, 40), SIZE).toFloats();

  private static final float[] A =
      Built.image(COLOURS, Arrays.copyOfRange(PARAMETERS, 40, 60), ALPHA).toFloats();

  private static Tensor parameters() {
    return Tensor.of(PARAMETERS, 1, PARAMETERS.length);
  }

  @Test
  void isShownBeforeWhite() {
    Tensor image = Built.image(IMAGE, PARAMETERS, SIZE);
    for (int i = 0; i < 40; i++) {
      double expected = A[i % 20] * X[i] + (1 - A[i % 20]);
      assertThat(image.getDouble(i)).isCloseTo(expected, within(1e-6));
    }
  }

  /** Each channel's background here has one colour, so that it stays that when it is enlarged. */
  @Test
  void isSeenBeforeWhatIsDrawn() {
    float[] drawn = new float[72];
    Arrays.fill(drawn, 0, 36, 0.25f);
    Arrays.fill(drawn, 36, 72, 0.75f);
    Tensor seen =
        Evaluation.of(
            (graph, given) ->
                IMAGE.seen(
                    graph,
                    given,
                    SIZE,
                    (name, sampler, sizes) -> {
                      assertThat(sizes).containsExactly(2, 6, 6);
                      float[] random = sampler.draw(new Random(2));
                      assertThat(random).hasSize(72);
                      assertThat(random).isNotEqualTo(sampler.draw(new Random(3)));
                      return graph.constant(Tensor.of(drawn, 1, 2, 6, 6));
                    }),
            parameters());
    for (int i = 0; i < 40; i++) {
      double background = i < 20 ? 0.25 : 0.75;
      double expected = A[i % 20] * X[i] + (1 - A[i % 20]) * background;
      assertThat(seen.getDouble(i)).isCloseTo(expected, within(1e-6));
    }
  }

  @Test
  void opacityCostsLoss() {
    Tensor factor =
        Evaluation.of(
            (graph, given) -> IMAGE.lossFactor(graph, given, SIZE).orElseThrow(), parameters());
    double mean = 0;
    for (float a : A) {
      mean += a / 20.0;
    }
    assertThat(factor.sizes()).containsExactly(1);
    assertThat(factor.getDouble(0)).isCloseTo(1 - mean / 2, within(1e-6));
  }

  @Test
  void anImageToStartFromIsNearlyOpaque() {
    float[] image = Built.random(SIZE);
    Tensor back = Built.image(IMAGE, IMAGE.from(image, SIZE), SIZE);
    for (int i = 0; i < image.length; i++) {
      assertThat(back.getDouble(i)).isCloseTo(0.99 * image[i] + 0.01, within(1e-4));
    }
  }

  @Test
  void refusesWhatHasNoAlpha() {
    for (Parameterization of :
        List.of(PixelImage.KERAS_VIS, AlphaImage.NATURAL, AlignedImage.NATURAL)) {
      assertThatThrownBy(() -> new AlphaImage(of, 0.5))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("fourier, maco, pyramid and cppn, found");
    }
    assertThatThrownBy(() -> IMAGE.parameters(new ImageSize(8, List.of())))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("size 8; leave it out");
    assertThatThrownBy(() -> new AlphaImage(COLOURS, 1.5)).isInstanceOf(PhospheneException.class);
  }
}
