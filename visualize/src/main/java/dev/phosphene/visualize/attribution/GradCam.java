package dev.phosphene.visualize.attribution;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.HeatMap;
import dev.phosphene.image.Image;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.model.TokenGrid;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Gradient;
import dev.phosphene.visualize.Visualization;
import dev.phosphene.visualize.loss.WeightedLoss;
import dev.phosphene.visualize.optimizer.GradientModifier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Gradient-weighted class activation mapping: which regions of the input speak for an output
 * (Selvaraju et al. 2017, "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
 * Localization").
 *
 * <pre>{@code
 * Attribution bird = GradCam.of(model).filters(20).at(photo);
 * PngFile.write(Path.of("bird.png"), bird.over());
 * }</pre>
 *
 * <p>The feature maps of a layer with positions, the <em>penultimate</em> one, are summed, each
 * weighted by the mean over its positions of the gradient of the chosen filters there; what is
 * negative is cut off. The map is that sum enlarged to the input's size by linear interpolation and
 * stretched to [0, 1].
 */
public final class GradCam extends Visualization<GradCam> {
  private @Nullable String penultimate;
  private GradientModifier modifier = GradientModifier.NONE;

  private GradCam(Model model) {
    super(model);
  }

  /** Grad-CAM of chosen filters of a layer. */
  public static GradCam of(Model model) {
    return new GradCam(model);
  }

  /**
   * Which regions make the weighted sum of these losses larger; weigh what is to shrink with a
   * negative number.
   */
  public static GradCam ofLosses(Model model, WeightedLoss... losses) {
    return of(model).losses(losses);
  }

  @Override
  protected GradCam self() {
    return this;
  }

  /**
   * The layer whose feature maps are weighted; without it, the last before the target whose output
   * still has as many axes of positions as the input, and more than one position; or tokens that
   * lie over the input.
   *
   * @param indexNameOrGlob as the layer table finds it
   */
  public GradCam penultimate(@Nullable String indexNameOrGlob) {
    this.penultimate = indexNameOrGlob;
    return this;
  }

  /** What happens to the gradient at the feature maps before its mean is taken. */
  public GradCam gradientModifier(GradientModifier value) {
    this.modifier = value;
    return this;
  }

  /**
   * The layer whose feature maps are weighted.
   *
   * @param inputShape of what the map is to be made for
   * @throws PhospheneException where none before the target has positions
   */
  public Layer penultimate(Shape inputShape) {
    return penultimate != null
        ? model().layers().find(penultimate)
        : toGradient().lastFeatureMap(inputShape);
  }

  /** Grad-CAM of a picture, cut and resized to what the model takes. */
  public Attribution at(Image picture) {
    return at(toGradient().inputOf(picture));
  }

  /**
   * Grad-CAM of an input.
   *
   * @param input {@code [1, ...]} in the layout and units of the model's input
   * @return raw: the map before it was enlarged and stretched, {@code [positions...]} of the
   *     penultimate layer, at least 0
   * @throws PhospheneException where layer, filters or input do not fit the model, no layer before
   *     the target has positions, or an operator on the way has no gradient rule
   */
  public Attribution at(Tensor input) {
    Layer layer = penultimate(input.shape());
    Gradient gradient = toGradient().withRespectTo(layer.name());
    Tensor shown = gradient.shown(input);
    Gradient.Result result = gradient.at(input);
    Tensor raw = weighted(layer, result);
    List<Integer> spatial =
        Arrays.stream(shown.sizes()).skip(1).mapToObj(Math::toIntExact).toList();
    HeatMap map = HeatMap.of(raw).resized(spatial).normalized();
    return new Attribution(raw, map, result.losses(), shown);
  }

  private Tensor weighted(Layer layer, Gradient.Result result) {
    long[] sizes = result.value().sizes();
    int axis = layer.filterAxis().orElse(-1);
    boolean isTokenMap = sizes.length == 3 || result.tokens().isEmpty();
    if (axis < 1 || sizes.length < 3 || sizes[0] != 1 || !isTokenMap) {
      throw new PhospheneException(
          "Layer \"%s\" has the output %s, not feature maps with positions; choose another with penultimate(...)"
              .formatted(layer.name(), result.value().shape()));
    }
    Optional<TokenGrid> tokens = result.tokens().filter(grid -> grid.axis() != axis);
    float[] gradient = result.gradient().toFloats().clone();
    modifier.modify(gradient);
    float[] features = result.value().toFloats();
    int filters = (int) sizes[axis];
    int inner = (int) Arrays.stream(sizes).skip(axis + 1).reduce(1, (a, b) -> a * b);
    // Special tokens, such as a class token, lie nowhere on the map.
    int first = tokens.map(TokenGrid::before).orElse(0);
    int positions = tokens.map(TokenGrid::positions).orElse(features.length / filters);
    double[] map = new double[positions];
    for (int filter = 0; filter < filters; filter++) {
      double sum = 0;
      for (int position = 0; position < positions; position++) {
        sum += gradient[at(filter, first + position, filters, inner)];
      }
      for (int position = 0; position < positions; position++) {
        map[position] += sum / positions * features[at(filter, first + position, filters, inner)];
      }
    }
    float[] rectified = new float[positions];
    for (int position = 0; position < positions; position++) {
      rectified[position] = (float) Math.max(map[position], 0);
    }
    long[] spatial =
        tokens.isPresent()
            ? tokens.get().sizes().stream().mapToLong(Integer::longValue).toArray()
            : IntStream.range(1, sizes.length)
                .filter(other -> other != axis)
                .mapToLong(other -> sizes[other])
                .toArray();
    return Tensor.of(rectified, spatial);
  }

  /** Place of a filter at a position, where positions after the filter axis count {@code inner}. */
  private static int at(int filter, int position, int filters, int inner) {
    return (position / inner * filters + filter) * inner + position % inner;
  }
}
