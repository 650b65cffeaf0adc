package dev.phosphene.cli.console;

import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * The signal that Ctrl-C sends.
 *
 * <p>Java's own way to hear it, a shutdown hook, runs once: it cannot tell a second Ctrl-C from the
 * first. All JVMs have {@code sun.misc.Signal} for that, which the compiler does not let us name.
 */
final class InterruptSignal {
  private static final String HANDLER = "sun.misc.SignalHandler";
  private static final String NAME = "INT";

  private InterruptSignal() {}

  /**
   * Runs an action on every Ctrl-C, on a thread of its own, in the place of ending the process.
   *
   * @return what was to happen before; null where the signal cannot be heard
   */
  static @Nullable Object handle(Runnable action) {
    try {
      Class<?> type = Class.forName(HANDLER);
      return install(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, arguments) -> {
                action.run();
                return null;
              }));
    } catch (ReflectiveOperationException notThere) {
      // Also with java -Xrs. Ctrl-C then ends the process, which leaves no partial file either.
      return null;
    }
  }

  /** Puts back what {@link #handle} returned. */
  static void restore(@Nullable Object previous) {
    try {
      if (previous != null) {
        install(previous);
      }
    } catch (ReflectiveOperationException notThere) {
      // Then nothing was changed.
    }
  }

  private static Object install(Object handler) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    return signal
        .getMethod("handle", signal, Class.forName(HANDLER))
        .invoke(null, signal.getConstructor(String.class).newInstance(NAME), handler);
  }
}
