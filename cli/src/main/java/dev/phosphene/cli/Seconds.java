package dev.phosphene.cli;

/** How long something took, as people and programs read it. */
final class Seconds {
  private Seconds() {}

  /** Seconds since a time of {@link System#nanoTime}, in milliseconds' precision. */
  static double since(long start) {
    return Math.round((System.nanoTime() - start) / 1e6) / 1e3;
  }
}
