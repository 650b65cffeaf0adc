package dev.phosphene.visualize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;

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

  private final Lane lane;
  private final Objective objective;
  private final BooleanSupplier interrupted;

  /**
   * Prepares the steps on trial.
   *
   * @param interrupted whether the run is to end; regularizers then keep the weights that were
   *     given
   */
  Calibration(Lane lane, Objective objective, BooleanSupplier interrupted) {
    this.lane = lane;
    this.objective = objective;
    this.interrupted = interrupted;
  }

  /**
   * Takes the steps on trial.
   *
   * @param group of pictures that nobody needs afterwards
   * @return the weight of each loss for each picture
   */
  List<double[]> weights(Lane.Group group) {
    List<Ascent> trial = group.ascents();
    lane.setFilters(group.filters());
    double[] given = objective.weights();
    double[] withoutRegularizers = given.clone();
    for (int i = 0; i < given.length; i++) {
      withoutRegularizers[i] = isRegularizer(i) ? 0 : given[i];
    }
    double[] ofOthers = new double[trial.size()];
    double[][] ofEach = new double[given.length][trial.size()];
    for (int step = 1; step <= STEPS && !interrupted.getAsBoolean(); step++) {
      boolean measured = step > STEPS - MEASURED;
      lane.draw(trial);
      lane.load(trial);
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
      lane.takeSteps(trial);
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
    lane.setWeights(Collections.nCopies(trial.size(), weights));
    lane.compute();
  }

  private void addGradientNorms(double[] sums) {
    double[] norms = lane.gradientNorms(sums.length);
    Arrays.setAll(sums, picture -> sums[picture] + norms[picture]);
  }
}
