/**
 * Callbacks of activation maximization that keep or tell what happens: losses as text or JSON, an
 * animation.
 *
 * <p>To add one: a class that implements {@link dev.phosphene.visualize.Iteration.Listener}. None
 * prints by itself; lines go to a consumer that the caller gives.
 */
@NullMarked
package dev.phosphene.visualize.callback;

import org.jspecify.annotations.NullMarked;
