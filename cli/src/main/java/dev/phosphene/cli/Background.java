package dev.phosphene.cli;

/**
 * Work that will be needed, begun on a thread of its own while something else is done: at the start
 * of a command all but one of the processors are idle.
 */
final class Background {
  private Background() {}

  /**
   * Whoever needs the result asks for it again, waits where it is under way, and meets failures.
   */
  static void begin(Runnable work) {
    start(work);
  }

  /** The same for work that must not be cut short: the process does not end before it. */
  static void beginWhole(Runnable work) {
    Thread thread = start(work);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> await(thread)));
  }

  private static Thread start(Runnable work) {
    Thread thread = new Thread(work, "phosphene-background");
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((failed, failure) -> {});
    thread.start();
    return thread;
  }

  private static void await(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
