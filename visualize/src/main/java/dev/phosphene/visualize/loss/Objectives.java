package dev.phosphene.visualize.loss;

import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What pictures can be made for, over layers by name. Each is a loss, to be minimized, and joins
 * others by weights: {@code minimizing(model, weighted(channel("conv5", 17), 1),
 * weighted(channel("conv5", 3), -1))} shows what excites one and not the other.
 *
 * <p>Features are those of a photo, as {@code LayerActivation.seen} gives them.
 */
public final class Objectives {
  private Objectives() {}

  /** Minus the mean over positions of each of these filters or units, summed over them. */
  public static Loss channel(String layer, int... filters) {
    return named("channel", layer, a -> a.meanOverPositions().filters(filters).sum().negative());
  }

  /** Minus the logit of a class, or the sum of several. */
  public static Loss logit(String layer, int... classes) {
    return channel(layer, classes);
  }

  /** Minus one filter at one position, or at the middle where none is said. */
  public static Loss neuron(String layer, int filter, int... position) {
    return named(
        "neuron",
        layer,
        a -> {
          Expression map = a.filter(filter);
          return (position.length == 0 ? map.centre() : map.at(position)).negative();
        });
  }

  /** Minus the mean of squares of all of a layer. */
  public static Loss layer(String layer) {
    return named("layer", layer, a -> a.square().mean().negative());
  }

  /**
   * Minus how much a layer goes in a direction; see {@link DirectionLoss}.
   *
   * @param direction {@code [filters]}
   */
  public static Loss direction(String layer, Tensor direction, double cosinePower) {
    List<Float> parts = new ArrayList<>();
    for (float part : direction.toFloats()) {
      parts.add(part);
    }
    DirectionLoss loss = new DirectionLoss(parts, cosinePower);
    return named("direction", layer, loss::along);
  }

  /** Minus how much more active a filter, unit or class is than the mean of all others. */
  public static Loss againstRest(String layer, int filter) {
    return named(
        "against the rest",
        layer,
        a -> {
          Expression means = a.meanOverPositions();
          Expression one = means.filter(filter);
          double others = means.shape().size(1) - 1.0;
          Expression rest = means.sum().minus(one).times(1 / Math.max(1, others));
          return one.minus(rest).negative();
        });
  }

  /**
   * Minus the mixture of two filters: {@code (1 - share) first + share second}, each as the mean
   * over positions.
   *
   * @param share of the second, 0 to 1
   */
  public static Loss interpolation(String layer, int first, int second, double share) {
    return named(
        "interpolation",
        layer,
        a ->
            a.filter(first)
                .mean()
                .times(1 - share)
                .plus(a.filter(second).mean().times(share))
                .negative());
  }

  /**
   * How far a layer is from the features of a photo: {@code |a - f|^2 / |f|^2}. Alone, it gives the
   * image back as far as the layer knows it (Mahendran and Vedaldi 2015); with a weight beside an
   * objective over another layer, it holds this one.
   *
   * @param features {@code [1, ...]}
   */
  public static Loss content(String layer, Tensor features) {
    double squares = squares(features);
    return named(
        "content",
        layer,
        a ->
            a.minus(a.constant(features))
                .square()
                .sum()
                .times(1 / Math.max(squares, Float.MIN_NORMAL)));
  }

  /**
   * How far the textures of a layer are from those of a photo: the mean of squared differences of
   * their {@link GramMatrix}es (Gatys, Ecker and Bethge 2015).
   *
   * @param features {@code [1, ...]}
   */
  public static Loss style(String layer, Tensor features) {
    return named(
        "style",
        layer,
        a -> {
          Expression theirs = GramMatrix.of(a.constant(features));
          return GramMatrix.of(a).minus(theirs).square().mean();
        });
  }

  /**
   * Minus how much of the features of a photo a layer has, all positions together: {@code -(a . f)
   * / |f| max(0.1, cos(a, f))^p}. It exaggerates what the layer sees in the photo: a caricature.
   *
   * @param features {@code [1, ...]}
   * @param cosinePower 0 or more
   */
  public static Loss caricature(String layer, Tensor features, double cosinePower) {
    DirectionLoss.requireCosinePower(cosinePower);
    double length = Math.max(Math.sqrt(squares(features)), Float.MIN_NORMAL);
    return named(
        "caricature",
        layer,
        a -> {
          Expression along = a.times(a.constant(features)).sum().times(1 / length);
          return cosinePower == 0
              ? along.negative()
              : along
                  .times(Lengths.cosine(along, Lengths.of(a.square().sum()), cosinePower))
                  .negative();
        });
  }

  private static Loss named(String label, String layer, Function<Expression, Expression> formula) {
    return Loss.named(label, scene -> formula.apply(scene.layer(layer)));
  }

  private static double squares(Tensor features) {
    double squares = 0;
    for (float feature : features.toFloats()) {
      squares += (double) feature * feature;
    }
    return squares;
  }
}
