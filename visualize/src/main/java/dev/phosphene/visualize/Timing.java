package dev.phosphene.visualize;

import dev.phosphene.session.Session;
import dev.phosphene.session.Step;
import dev.phosphene.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Times a session that computes some pictures over and over, several threads taking turns. */
final class Timing implements AutoCloseable {
  private static final int LEAST_WARM_UP = 3;

  private final List<Step> lanes = new ArrayList<>();
  private final int pictures;
  private final ExecutorService helpers;

  Timing(Session session, int pictures, int lanes) {
    this.pictures = pictures;
    helpers = Executors.newFixedThreadPool(Math.max(1, lanes - 1));
    try {
      for (int lane = 0; lane < lanes; lane++) {
        this.lanes.add(session.step());
      }
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  /** Gives all threads the same input. */
  void fill(String input, Tensor content) {
    lanes.forEach(lane -> lane.input(input).put(content.bytes()));
  }

  /** The milliseconds of each of so many steps, after a warm-up. */
  double[] run(Duration warmUp, int steps, LongSupplier clock) {
    long warmSince = System.nanoTime();
    for (int i = 0; i < LEAST_WARM_UP || System.nanoTime() - warmSince < warmUp.toNanos(); i++) {
      step();
    }
    double[] milliseconds = new double[steps];
    for (int i = 0; i < steps; i++) {
      long start = clock.getAsLong();
      step();
      milliseconds[i] = (clock.getAsLong() - start) / 1e6;
    }
    return milliseconds;
  }

  private void step() {
    AtomicInteger left = new AtomicInteger(pictures);
    List<CompletableFuture<Void>> helping =
        lanes.subList(1, lanes.size()).stream()
            .map(lane -> CompletableFuture.runAsync(() -> compute(lane, left), helpers))
            .toList();
    compute(lanes.get(0), left);
    helping.forEach(CompletableFuture::join);
  }

  private static void compute(Step lane, AtomicInteger left) {
    while (left.getAndDecrement() > 0) {
      lane.run();
    }
  }

  @Override
  public void close() {
    helpers.shutdown();
    lanes.forEach(Step::close);
  }
}
