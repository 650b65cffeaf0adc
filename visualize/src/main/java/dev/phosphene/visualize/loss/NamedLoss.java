package dev.phosphene.visualize.loss;

/**
 * A loss under a name of the user's.
 *
 * @param label what logs call it
 */
record NamedLoss(String label, Loss loss) implements Loss {
  @Override
  public Expression build(Scene scene) {
    return loss.build(scene);
  }

  @Override
  public boolean spansPictures() {
    return loss.spansPictures();
  }

  @Override
  public boolean regularizes() {
    return loss.regularizes();
  }
}
