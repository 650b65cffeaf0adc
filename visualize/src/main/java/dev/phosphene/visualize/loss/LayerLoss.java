package dev.phosphene.visualize.loss;

/**
 * Minus the mean of squares of all that the chosen layer gives, whatever filters were chosen:
 * whatever it sees, it shall see more of (Mordvintsev, Olah and Tyka 2015, "Inceptionism", known as
 * DeepDream).
 *
 * <p>{@code -mean(a^2)}.
 */
public record LayerLoss() implements Loss {
  @Override
  public Expression build(Scene scene) {
    return scene.chosen().activation().square().mean().negative();
  }

  @Override
  public String label() {
    return "layer";
  }
}
