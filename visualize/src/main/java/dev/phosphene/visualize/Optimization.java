package dev.phosphene.visualize;

import dev.phosphene.session.NodeTime;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a compiled step for pictures, several at a time where there are several lanes, or several
 * steps of one. The session serves any number of pictures; close it after the last.
 *
 * <p>Only the thread that calls tells listeners; what other threads do has ended when a method
 * returns.
 */
final class Optimization implements AutoCloseable {
  private final Session session;
  private final List<Lane> lanes = new ArrayList<>();
  private final ExecutorService threads;

  /**
   * Compiles the step.
   *
   * @param lanes how many runs of it are under way at once
   */
  Optimization(StepGraph graph, SessionSettings settings, int lanes) {
    this.session = Session.compile(graph.graph(), settings);
    this.threads = Executors.newCachedThreadPool(Optimization::thread);
    try {
      for (int lane = 0; lane < lanes; lane++) {
        this.lanes.add(new Lane(graph, session));
      }
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "phosphene-lane");
    thread.setDaemon(true);
    return thread;
  }

  /** Called after each step of all pictures. */
  @FunctionalInterface
  interface StepListener {
    void onStep(int number, List<Losses> losses);
  }

  /**
   * Takes all steps, each of them with all pictures before the next, unless the thread is
   * interrupted: then it stops after the step under way and leaves the thread's interrupt set.
   */
  void run(List<Lane.Group> groups, int iterations, StepListener listener) {
    if (groups.size() == 1) {
      new Relay(groups.get(0), lanes, threads).run(iterations, listener);
    } else {
      runEach(groups, iterations, listener);
    }
  }

  private void runEach(List<Lane.Group> groups, int iterations, StepListener listener) {
    for (int number = 1; number <= iterations; number++) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      List<List<Losses>> losses =
          each(
              groups,
              (lane, group) -> {
                lane.takeStep(group);
                return group.ascents().stream().map(Ascent::seen).toList();
              });
      listener.onStep(number, losses.stream().flatMap(List::stream).toList());
      if (groups.stream().allMatch(Lane.Group::isStopped)) {
        return;
      }
    }
  }

  /**
   * Does something for each group, as many at a time as there are lanes. Where it fails for one,
   * those under way end and no other is begun.
   *
   * @return what it gave, in the order of the groups
   */
  <T> List<T> each(List<Lane.Group> groups, BiFunction<Lane, Lane.Group, T> work) {
    Map<Integer, T> results = new ConcurrentHashMap<>();
    AtomicInteger next = new AtomicInteger();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Consumer<Lane> share =
        lane -> {
          try {
            int index = next.getAndIncrement();
            while (index < groups.size() && failure.get() == null) {
              results.put(index, work.apply(lane, groups.get(index)));
              index = next.getAndIncrement();
            }
          } catch (RuntimeException | Error thrown) {
            failure.compareAndSet(null, thrown);
          }
        };
    CompletableFuture<?>[] others =
        lanes.subList(1, Math.max(1, Math.min(lanes.size(), groups.size()))).stream()
            .map(lane -> CompletableFuture.runAsync(() -> share.accept(lane), threads))
            .toArray(CompletableFuture<?>[]::new);
    share.accept(lanes.get(0));
    CompletableFuture.allOf(others).join(); // heeds no interrupt, which is for the next step
    rethrow(failure.get());
    return IntStream.range(0, groups.size()).mapToObj(results::get).toList();
  }

  static void rethrow(@Nullable Throwable failure) {
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    if (failure instanceof Error error) {
      throw error;
    }
  }

  /** Where the time of the steps so far went, if the session notes it. */
  List<NodeTime> profile() {
    return session.profile();
  }

  @Override
  public void close() {
    threads.shutdown();
    lanes.forEach(Lane::close);
    session.close();
  }
}
