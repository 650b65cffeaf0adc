package dev.phosphene.visualize.attribution;

import dev.phosphene.image.HeatMap;
import dev.phosphene.image.Image;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Gradient;
import dev.phosphene.visualize.Visualization;
import dev.phosphene.visualize.loss.WeightedLoss;
import dev.phosphene.visualize.optimizer.GradientModifier;

/**
 * Saliency: where small changes of the input change the output most (Simonyan, Vedaldi and
 * Zisserman 2014, "Deep Inside Convolutional Networks").
 *
 * <pre>{@code
 * Attribution bird = Saliency.of(model).filters(20).backprop(BackpropModifier.GUIDED).at(photo);
 * PngFile.write(Path.of("bird.png"), bird.over());
 * }</pre>
 *
 * <p>The gradient of the chosen filters' mean at the input goes through a modifier (its absolute
 * value, if none is chosen); the map is its largest value over channels, stretched to [0, 1], as in
 * keras-vis' {@code visualize_saliency}.
 */
public final class Saliency extends Visualization<Saliency> {
  private GradientModifier modifier = GradientModifier.ABSOLUTE;

  private Saliency(Model model) {
    super(model);
  }

  /** Saliency of chosen filters of a layer. */
  public static Saliency of(Model model) {
    return new Saliency(model);
  }

  /**
   * Where the input should change for the weighted sum of these losses to grow; weigh what is to
   * shrink with a negative number.
   */
  public static Saliency ofLosses(Model model, WeightedLoss... losses) {
    return of(model).losses(losses);
  }

  @Override
  protected Saliency self() {
    return this;
  }

  /** What happens to the gradient; {@code relu} shows only what increases the output. */
  public Saliency gradientModifier(GradientModifier value) {
    this.modifier = value;
    return this;
  }

  /** Saliency of a picture, cut and resized to what the model takes. */
  public Attribution at(Image picture) {
    return at(toGradient().inputOf(picture));
  }

  /**
   * Saliency of an input.
   *
   * @param input {@code [1, ...]} in the layout and units of the model's input
   * @return raw: the modified gradient, in the shape of the input
   * @throws dev.phosphene.graph.PhospheneException where layer, filters or input do not fit the
   *     model, or an operator on the way has no gradient rule
   */
  public Attribution at(Tensor input) {
    Gradient gradient = toGradient();
    Tensor shown = gradient.shown(input);
    Gradient.Result result = gradient.at(input);
    float[] modified = result.gradient().toFloats().clone();
    modifier.modify(modified);
    Tensor raw = Tensor.of(modified, input.sizes());
    return new Attribution(raw, HeatMap.ofLargest(raw, gradient.layout()), result.losses(), shown);
  }
}
