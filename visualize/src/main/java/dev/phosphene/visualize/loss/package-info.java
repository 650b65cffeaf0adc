/**
 * What an optimization lowers: the objective and the regularizers, each one number a picture.
 *
 * <p>Enter at {@link dev.phosphene.visualize.loss.Loss}. To add one: a record that implements it,
 * and a line in its list of kinds, by which recipes name it. This package uses {@code graph} only.
 */
@NullMarked
package dev.phosphene.visualize.loss;

import org.jspecify.annotations.NullMarked;
