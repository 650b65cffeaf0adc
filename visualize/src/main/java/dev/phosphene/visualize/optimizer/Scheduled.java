package dev.phosphene.visualize.optimizer;

/** An optimizer whose rate changes from step to step. */
public record Scheduled(Optimizer optimizer, Schedule schedule) implements Optimizer {
  @Override
  public Descent start(int parameters, int steps) {
    Descent descent = optimizer.start(parameters, steps);
    int[] step = {0};
    return (values, gradient, factor) ->
        descent.step(values, gradient, factor * schedule.factor(step[0]++, steps));
  }

  @Override
  public boolean takesDelayedGradients() {
    return optimizer.takesDelayedGradients();
  }
}
