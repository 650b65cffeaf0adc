/**
 * What is optimized in the place of pixels: the numbers from which an image is computed, as part of
 * the step's graph.
 *
 * <p>To add one: a record that implements {@link
 * dev.phosphene.visualize.parameterization.Parameterization}, and a line in its list of kinds. This
 * package uses {@code graph} only.
 */
@NullMarked
package dev.phosphene.visualize.parameterization;

import org.jspecify.annotations.NullMarked;
