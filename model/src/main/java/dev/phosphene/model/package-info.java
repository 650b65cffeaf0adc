/**
 * Trained networks as a user sees them: a file with layers, filters, an input and labels.
 *
 * <p>Enter at {@link dev.phosphene.model.Model#open}. {@link dev.phosphene.model.LayerTable} finds
 * the layer that a user names; {@link dev.phosphene.model.InputContract} says what a picture must
 * become to be the network's input; of several inputs one is looked at, and {@link
 * dev.phosphene.model.HeldInputs} says what the others are held at; {@link
 * dev.phosphene.model.Embedding} is where tokens become numbers that gradients flow to; {@link
 * dev.phosphene.model.Model#withActivation} exchanges the {@link dev.phosphene.model.Activation} at
 * the end of a layer; {@link dev.phosphene.model.Labels} reads names of classes. File formats are
 * in packages below, such as {@code model.onnx}. This package uses {@code graph} and {@code
 * tensor}.
 */
@NullMarked
package dev.phosphene.model;

import org.jspecify.annotations.NullMarked;
