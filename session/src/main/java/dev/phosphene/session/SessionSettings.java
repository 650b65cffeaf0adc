package dev.phosphene.session;

import dev.phosphene.session.cache.SessionCache;
import java.util.Optional;

/**
 * How a graph is compiled and run.
 *
 * @param threads that compute one run together; 0 for as many as there are processors
 * @param optimization how much the runtime may rearrange the graph
 * @param spinning whether waiting threads stay awake, which makes every step faster and is a waste
 *     where a session mostly rests
 * @param profiled whether the time of every node is noted, for {@link Session#profile}
 * @param device that computes
 * @param cache that keeps what is compiled for the next start, if any does
 */
public record SessionSettings(
    int threads,
    Optimization optimization,
    boolean spinning,
    boolean profiled,
    Device device,
    Optional<SessionCache> cache) {
  /** All processors, all optimizations, awake threads: measured fastest for a loop of steps. */
  public static final SessionSettings DEFAULT =
      new SessionSettings(0, Optimization.ALL, true, false, Device.CPU, Optional.empty());

  /**
   * One thread and nothing that outlives a run: for many small graphs that each run a few times.
   */
  public static final SessionSettings SMALL =
      new SessionSettings(1, Optimization.ALL, false, false, Device.CPU, Optional.empty());

  /** How much the runtime may rearrange a graph. */
  public enum Optimization {
    /** Every node runs as it stands. */
    NONE,
    /** Constants are folded and redundant nodes dropped. */
    BASIC,
    /** Also fused kernels. */
    EXTENDED,
    /** Also memory layouts particular to the processor, where the runtime chooses them. */
    RUNTIME_LAYOUT,
    /**
     * Also such layouts from the first convolution, or product of a transformer with its weights,
     * to the last operator that can go without another ({@link
     * dev.phosphene.graph.rewrite.blocked.BlockedLayout}).
     */
    BLOCKED_LAYOUT,
    /**
     * Also large convolutions in fewer products ({@link
     * dev.phosphene.graph.rewrite.blocked.ConvolutionAlgorithm#FASTEST}).
     */
    ALL
  }

  /**
   * Checks the number of threads.
   *
   * @throws IllegalArgumentException where it is negative
   */
  public SessionSettings {
    if (threads < 0) {
      throw new IllegalArgumentException("The number of threads cannot be negative: " + threads);
    }
  }

  public SessionSettings withThreads(int count) {
    return new SessionSettings(count, optimization, spinning, profiled, device, cache);
  }

  public SessionSettings withOptimization(Optimization level) {
    return new SessionSettings(threads, level, spinning, profiled, device, cache);
  }

  public SessionSettings withProfile(boolean noted) {
    return new SessionSettings(threads, optimization, spinning, noted, device, cache);
  }

  public SessionSettings withDevice(Device other) {
    return new SessionSettings(threads, optimization, spinning, profiled, other, cache);
  }

  /** Keeps what is compiled in a folder, or takes it from there. */
  public SessionSettings withCache(SessionCache folder) {
    return new SessionSettings(
        threads, optimization, spinning, profiled, device, Optional.of(folder));
  }

  /** The number of threads, never 0: as many as there are processors where none was given. */
  public int actualThreads() {
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }
}
