/**
 * Gradient descent on the image's parameters, and what may happen to a gradient before a step.
 *
 * <p>To add an optimizer: a record that implements {@link
 * dev.phosphene.visualize.optimizer.Optimizer} and a line in its list of kinds; a schedule likewise
 * in {@link dev.phosphene.visualize.optimizer.Schedule}. This package uses nothing of the project
 * but its exception.
 */
@NullMarked
package dev.phosphene.visualize.optimizer;

import org.jspecify.annotations.NullMarked;
