package dev.phosphene.visualize.optimizer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * L-BFGS (Liu and Nocedal 1989): steps along the gradient as curvature bends it, which is estimated
 * from the last changes of gradient and parameters. One gradient a step, without a line search; the
 * first step has the length {@code rate min(1, 1 / sum |g|)}.
 *
 * <p>For runs without random transforms and without normalized gradients: both change the gradient
 * between steps for other reasons than curvature.
 *
 * @param rate of a step
 * @param history how many changes are remembered, 1 to 100
 */
public record Lbfgs(double rate, int history) implements Optimizer {
  /** Least product of two changes that says something about curvature; PyTorch's. */
  private static final double LEAST_CURVATURE = 1e-10;

  /** L-BFGS that remembers ten changes. */
  public static Lbfgs withRate(double rate) {
    return new Lbfgs(rate, 10);
  }

  public Lbfgs {
    Settings.requireRate(rate);
    Settings.requireWithin("The history of L-BFGS", history, 1, 100);
  }

  @Override
  public Descent start(int parameters, int steps) {
    return new Curvature(parameters)::step;
  }

  /** They are compared with each other, at the parameters of their steps. */
  @Override
  public boolean takesDelayedGradients() {
    return false;
  }

  /**
   * A change of parameters and of the gradient.
   *
   * @param inverse one over their product
   */
  private record Change(float[] parameters, float[] gradient, double inverse) {}

  /** What is known of curvature. */
  private final class Curvature {
    private final Deque<Change> changes = new ArrayDeque<>();
    private final float[] before;
    private final float[] moved;
    private boolean started;
    private double scale = 1;

    private Curvature(int parameters) {
      before = new float[parameters];
      moved = new float[parameters];
    }

    private void step(float[] values, float[] gradient, double factor) {
      double length = rate * factor;
      if (started) {
        remember(gradient);
      } else {
        double sum = 0;
        for (float g : gradient) {
          sum += Math.abs(g);
        }
        length *= sum > 1 ? 1 / sum : 1;
        started = true;
      }
      double[] direction = direction(gradient);
      for (int i = 0; i < values.length; i++) {
        moved[i] = (float) (length * direction[i]);
        values[i] += moved[i];
        before[i] = gradient[i];
      }
    }

    private void remember(float[] gradient) {
      float[] difference = new float[gradient.length];
      for (int i = 0; i < difference.length; i++) {
        difference[i] = gradient[i] - before[i];
      }
      double curvature = dot(difference, moved);
      if (curvature > LEAST_CURVATURE) {
        if (changes.size() == history) {
          changes.removeFirst();
        }
        changes.addLast(new Change(moved.clone(), difference, 1 / curvature));
        scale = curvature / dot(difference, difference);
      }
    }

    /** Minus the gradient times the inverse of the curvature, by the two loops of the paper. */
    private double[] direction(float[] gradient) {
      double[] along = new double[gradient.length];
      for (int i = 0; i < along.length; i++) {
        along[i] = -gradient[i];
      }
      List<Change> newestFirst = new ArrayList<>(changes);
      Collections.reverse(newestFirst);
      Deque<Double> shares = new ArrayDeque<>();
      for (Change change : newestFirst) {
        double share = change.inverse() * dot(change.parameters(), along);
        add(along, change.gradient(), -share);
        shares.addFirst(share);
      }
      for (int i = 0; i < along.length; i++) {
        along[i] *= scale;
      }
      for (Change change : changes) {
        double share = shares.removeFirst() - change.inverse() * dot(change.gradient(), along);
        add(along, change.parameters(), share);
      }
      return along;
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static double dot(float[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] to, float[] part, double factor) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * part[i];
    }
  }
}
