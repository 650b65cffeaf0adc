package dev.phosphene.visualize;

import com.sun.management.OperatingSystemMXBean;
import dev.phosphene.session.SessionSettings;
import java.lang.management.ManagementFactory;

/**
 * How the pictures of a run are spread over the processor.
 *
 * <p>A picture by itself is computed by all threads together, or by several parts of them where its
 * recipe lets gradients be late ({@link Recipe#gradientDelay}). Of several pictures, each is
 * computed by one thread, as many at a time as there are threads, by one session, which has its
 * weights in memory once. Steps a second of {@code natural} for the last layer at 224 pixels, on
 * two idle cores of an AMD EPYC with ONNX Runtime 1.28, and memory of the process in megabytes:
 *
 * <table>
 * <caption>Ways of making several pictures</caption>
 * <tr><th>network</th><th>in batches of 16, two threads</th><th>one by one, two threads</th>
 *     <th>one by one, one thread</th><th>two at a time, a thread each</th></tr>
 * <tr><td>MobileNet v1 0.25</td><td>not measured idle (720 MB)</td><td>60</td><td>58</td><td>117 (290 MB)</td></tr>
 * <tr><td>squeezenet1_1</td><td>43 (1200 MB)</td><td>32</td><td>33</td><td>63 (340 MB)</td></tr>
 * <tr><td>mobilenet_v2</td><td>33 (1630 MB)</td><td>27</td><td>26</td><td>51 (430 MB)</td></tr>
 * <tr><td>resnet50</td><td>not measured idle (1450 MB)</td><td>9.6</td><td>5.5</td><td>9.8 (630 MB)</td></tr>
 * </table>
 *
 * <p>Single threads do not wait for each other, and what only one thread can do, such as Java and
 * the random transforms, is done by as many as there are. Batches of several pictures for each
 * thread would be up to a fifth faster for networks whose activations fit the cache (32 x 32
 * pixels), slower for others, and a dense layer's sums may be another in them: so a picture stays
 * the same to the last bit whatever is made beside it, and however many are computed at a time.
 *
 * <p>Threads that are left over, where memory or the number of pictures allows fewer at a time,
 * help all of them.
 *
 * @param lanes gradients of pictures, or of groups that depend on each other, that are computed at
 *     a time
 * @param threads of the session's pool, the one that calls it among them
 * @param wave pictures that take a step before any of them takes the next
 */
record Spread(int lanes, int threads, int wave) {
  /**
   * Pictures of a wave, at least: what an interrupted run shows side by side, an animation holds,
   * and an atlas writes at once.
   */
  private static final int WAVE = 16;

  /** Of the machine's memory, what the activations of all lanes may take. */
  private static final double MEMORY_SHARE = 0.25;

  /** Gradients are as large as activations: measured 1.0 to 2.2 times them for both together. */
  private static final int PASSES = 2;

  /**
   * For pictures that do not depend on each other, or groups of those that do.
   *
   * @param pictures of the run
   * @param gradients of one of them that can be computed at a time, if there are no others
   * @param network for as many pictures as are computed by one run of the step
   */
  static Spread of(int pictures, int gradients, SessionSettings settings, BatchedNetwork network) {
    return of(
        pictures,
        network.pictures(),
        gradients,
        settings.actualThreads(),
        memory() * MEMORY_SHARE / PASSES / Math.max(1, network.activationBytes()));
  }

  /** For one run of the step after the other. */
  static Spread oneAtATime(SessionSettings settings, BatchedNetwork network) {
    return of(1, network.pictures(), 1, settings.actualThreads(), 1);
  }

  /**
   * The rule itself.
   *
   * @param together pictures that are computed by one run of the step
   * @param gradients that one run of the step alone could be one of
   * @param threads that there are
   * @param fitting runs of the step whose memory fits
   */
  static Spread of(int pictures, int together, int gradients, int threads, double fitting) {
    int groups = divided(pictures, together);
    int runs = groups == 1 ? gradients : groups;
    int most = (int) Math.max(1, Math.min(threads, fitting));
    int rounds = divided(runs, most);
    int lanes = divided(runs, rounds); // fewer do not make it longer, and leave threads to help
    int wave = together > 1 ? together : lanes * divided(WAVE, lanes);
    return new Spread(lanes, threads - lanes + 1, wave);
  }

  private static int divided(int number, int parts) {
    return (number + parts - 1) / parts;
  }

  /** Bytes of memory that this machine, or the container around this process, has. */
  private static long memory() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }
}
