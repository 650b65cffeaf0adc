package dev.phosphene.cli.console;

import org.jspecify.annotations.Nullable;

/**
 * What Ctrl-C does while something is made in steps.
 *
 * <p>Before the first step it ends the process, for there is nothing to keep. After that it
 * interrupts the thread that takes the steps, which is to write what it has and end with status
 * 130. A second Ctrl-C ends the process at once. Files are whole in every case: they appear only
 * when they are.
 */
public final class Interruption implements AutoCloseable {
  /** What a shell reports of a process that Ctrl-C ended: 128 and the signal's number. */
  private static final int STATUS = 130;

  private final Console console;
  private final Thread worker = Thread.currentThread();
  private @Nullable Object previous;
  private boolean stepsTaken;
  private boolean interrupted;
  private boolean ended;

  private Interruption(Console console) {
    this.console = console;
  }

  /** From now on, Ctrl-C interrupts the calling thread. */
  public static Interruption ofThisThread(Console console) {
    Interruption interruption = new Interruption(console);
    interruption.previous = InterruptSignal.handle(interruption::receive);
    return interruption;
  }

  /** There is something to keep from now on. */
  public synchronized void stepTaken() {
    stepsTaken = true;
  }

  /**
   * Ends the steps: the thread's interrupt is cleared, so that it can write files.
   *
   * @return whether Ctrl-C ended them
   */
  public synchronized boolean end() {
    ended = true;
    Thread.interrupted();
    return interrupted;
  }

  private void receive() {
    synchronized (this) {
      if (!interrupted && stepsTaken && !ended) {
        interrupted = true;
        worker.interrupt();
        return;
      }
      if (!stepsTaken) {
        console.warning("Interrupted before the first step; nothing was written");
      }
    }
    System.exit(STATUS);
  }

  @Override
  public void close() {
    InterruptSignal.restore(previous);
  }
}
