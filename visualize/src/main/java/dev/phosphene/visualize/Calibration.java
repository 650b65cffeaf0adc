package dev.phosphene.visualize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Finds by how much regularizers count where a recipe gives their weights relative to the rest of
 * the losses ({@link Recipe.Weights#RELATIVE}).
 *
 * <p>Each picture takes its first steps on trial, without regularizers. At the last of these the
 * gradient of each regularizer alone is measured beside that of all other losses, at the same image
 * under the same random changes. A regularizer of relative weight w then counts {@code w |g| /
 * |r|}, where {@code |g|} and {@code |r|} are the sums of the L2 norms of the other losses'
 * gradient and of its own over the measurements. After this the picture starts anew, with the same
 * random numbers.
 */
final class Calibration {
  /** Steps on trial: enough for an image with the contrast of a picture. */
  private static final int STEPS = 16;

  /** How many of the last ones are measured. */
  private static final int MEASURED = 4;

  private final Optimization optimization;
  private final Objective objective;

  Calibration(Optimization optimization, Objective objective) {
    this.optimization = optimization;
    this.objective = objective;
  }

  /**
   * Takes the steps on trial. Where the thread is interrupted meanwhile, regularizers keep the
   * weights that were given; the thread's interrupt stays set.
   *
   * @param trial pictures that nobody needs afterwards
   * @return the weight of each loss for each picture
   */
  List<double[]> weights(List<Ascent> trial) {
    double[] given = objective.weights();
    double[] withoutRegularizers = given.clone();
    for (int i = 0; i < given.length; i++) {
      withoutRegularizers[i] = isRegularizer(i) ? 0 : given[i];
    }
    double[] ofOthers = new double[trial.size()];
    double[][] ofEach = new double[given.length][trial.size()];
    for (int step = 1; step <= STEPS && !Thread.currentThread().isInterrupted(); step++) {
      boolean measured = step > STEPS - MEASURED;
      optimization.draw(trial);
      for (int loss = 0; measured && loss < given.length; loss++) {
        if (isRegularizer(loss)) {
          double[] alone = new double[given.length];
          alone[loss] = 1;
          compute(trial, alone);
          addGradientNorms(ofEach[loss]);
        }
      }
      compute(trial, withoutRegularizers);
      if (measured) {
        addGradientNorms(ofOthers);
      }
      optimization.takeSteps(trial);
    }
    List<double[]> weights = new ArrayList<>();
    for (int picture = 0; picture < trial.size(); picture++) {
      double[] measured = given.clone();
      for (int loss = 0; loss < given.length; loss++) {
        double factor = ofOthers[picture] / ofEach[loss][picture];
        if (isRegularizer(loss) && factor > 0 && Double.isFinite(factor)) {
          measured[loss] *= factor;
        }
      }
      weights.add(measured);
    }
    return weights;
  }

  private boolean isRegularizer(int loss) {
    return objective.isBesideTheObjective(objective.losses().get(loss));
  }

  /** With all losses counting as said. */
  private void compute(List<Ascent> trial, double[] weights) {
    optimization.setWeights(Collections.nCopies(trial.size(), weights));
    optimization.compute();
  }

  private void addGradientNorms(double[] sums) {
    double[] norms = optimization.gradientNorms(sums.length);
    Arrays.setAll(sums, picture -> sums[picture] + norms[picture]);
  }
}
