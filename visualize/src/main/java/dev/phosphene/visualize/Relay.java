package dev.phosphene.visualize;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * Takes the steps of one group in turn, and computes as many of their gradients at a time as they
 * are delayed ({@link Recipe#gradientDelay}) and there are lanes for. Which lane computes what, and
 * when, changes no number.
 *
 * <p>Steps are drawn and taken on the thread that calls; where there are several lanes, other
 * threads compute.
 */
final class Relay {
  private final Lane.Group group;
  private final Executor threads;
  private final Deque<Lane> idle;
  private final Deque<Leg> underWay = new ArrayDeque<>();

  /** A gradient that is being computed. */
  private record Leg(Lane lane, CompletableFuture<Void> computed) {}

  /**
   * Prepares the steps.
   *
   * @param lanes at least one
   * @param threads one for each lane
   */
  Relay(Lane.Group group, List<Lane> lanes, Executor threads) {
    this.group = group;
    this.threads = lanes.size() == 1 ? Runnable::run : threads;
    this.idle = new ArrayDeque<>(lanes);
  }

  /** As {@link Optimization#run}. */
  void run(int iterations, Optimization.StepListener listener) {
    try {
      for (int number = 1; number <= iterations; number++) {
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
        idle.element().draw(group.ascents());
        while (!idle.isEmpty() && canBegin() && number + underWay.size() <= iterations) {
          begin();
        }
        listener.onStep(number, finish());
        if (group.isStopped()) {
          return;
        }
      }
    } finally {
      underWay.forEach(leg -> leg.computed().exceptionally(failure -> null).join());
    }
  }

  private boolean canBegin() {
    return group.ascents().get(0).hasDrawn();
  }

  private void begin() {
    Lane lane = idle.remove();
    lane.load(group);
    underWay.add(new Leg(lane, CompletableFuture.runAsync(lane::compute, threads)));
  }

  /** Waits for the gradient that was begun first, and takes the step along it. */
  private List<Losses> finish() {
    Leg leg = underWay.remove();
    join(leg.computed());
    leg.lane().takeSteps(group.ascents());
    idle.add(leg.lane());
    List<Losses> losses = new ArrayList<>();
    group.ascents().forEach(ascent -> losses.add(ascent.seen()));
    return losses;
  }

  private static void join(CompletableFuture<Void> computed) {
    try {
      computed.join(); // heeds no interrupt, which is for the next step
    } catch (CompletionException failure) {
      Optimization.rethrow(failure.getCause());
    }
  }
}
