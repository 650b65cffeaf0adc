package dev.phosphene.visualize.optimizer;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** How the rate of steps changes during a run. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Schedule.Constant.class, name = "constant"),
  @JsonSubTypes.Type(value = Schedule.Cosine.class, name = "cosine"),
  @JsonSubTypes.Type(value = Schedule.Stairs.class, name = "step"),
  @JsonSubTypes.Type(value = Schedule.WarmUp.class, name = "warm-up"),
})
public interface Schedule {
  /**
   * The factor by which the optimizer's rate is multiplied.
   *
   * @param step from 0
   * @param steps of the whole run
   */
  double factor(int step, int steps);

  /** Always 1. */
  record Constant() implements Schedule {
    @Override
    public double factor(int step, int steps) {
      return 1;
    }
  }

  /**
   * From 1 down to a last factor along half a wave (Loshchilov and Hutter 2017): {@code last + (1 -
   * last) (1 + cos(pi step / steps)) / 2}.
   *
   * @param last in [0, 1]
   */
  record Cosine(double last) implements Schedule {
    public Cosine {
      Settings.requireWithin("The last factor of a cosine schedule", last, 0, 1);
    }

    @Override
    public double factor(int step, int steps) {
      return last + (1 - last) * (1 + Math.cos(Math.PI * step / Math.max(1, steps))) / 2;
    }
  }

  /**
   * A factor more after every so many steps: {@code factor^floor(step / every)}.
   *
   * @param every at least 1
   * @param ratio above 0
   */
  record Stairs(int every, double ratio) implements Schedule {
    public Stairs {
      Settings.requireWithin("The number of steps between changes", every, 1, Integer.MAX_VALUE);
      Settings.requirePositive("The factor of a step schedule", ratio);
    }

    @Override
    public double factor(int step, int steps) {
      int changes = step / every;
      return Math.pow(ratio, changes);
    }
  }

  /**
   * Up in equal parts during the first steps, then another schedule from its start.
   *
   * @param first how many steps, at least 1
   */
  record WarmUp(int first, Schedule then) implements Schedule {
    public WarmUp {
      Settings.requireWithin("The number of steps to warm up", first, 1, Integer.MAX_VALUE);
    }

    @Override
    public double factor(int step, int steps) {
      return step < first
          ? (step + 1.0) / first
          : then.factor(step - first, Math.max(1, steps - first));
    }
  }
}
