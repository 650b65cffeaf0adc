/**
 * Attribution: which parts of an input count for an output.
 *
 * <p>Enter at {@link dev.phosphene.visualize.attribution.Saliency} or {@link
 * dev.phosphene.visualize.attribution.GradCam}; both give an {@link
 * dev.phosphene.visualize.attribution.Attribution}. To add a method: a class that extends {@link
 * dev.phosphene.visualize.Visualization} and makes an attribution of one or more gradients.
 */
@NullMarked
package dev.phosphene.visualize.attribution;

import org.jspecify.annotations.NullMarked;
