/**
 * Activation maximization and the gradients that attribution is made of.
 *
 * <p>Enter at {@link dev.phosphene.visualize.ActivationMaximization}, {@link
 * dev.phosphene.visualize.Gradient}, {@link dev.phosphene.visualize.LayerActivation} or {@link
 * dev.phosphene.visualize.ActivationMeter}. A run goes this way: a {@link
 * dev.phosphene.visualize.Target} (layer of a model) is specialized to a batch of pictures, all
 * inputs but one being constants ({@code BatchedNetwork}); a {@link dev.phosphene.visualize.Recipe}
 * puts parameterization, transforms and losses around it and differentiates the whole ({@code
 * StepGraph}); the compiled step is repeated ({@code Optimization}) while each picture goes its own
 * way ({@code Ascent}); {@code Renderer} shows it, and a {@code Diagnosis} says why there is
 * nothing to see where there is not. A {@link dev.phosphene.visualize.PictureRecord} holds all that
 * is needed to do it again, and {@link dev.phosphene.visualize.Measurement} gives the numbers that
 * go with it.
 *
 * <p>This package may use all modules but the front ends, and never prints.
 */
@NullMarked
package dev.phosphene.visualize;

import org.jspecify.annotations.NullMarked;
