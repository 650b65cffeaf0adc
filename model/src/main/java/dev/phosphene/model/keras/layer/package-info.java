/**
 * What each Keras layer is as nodes of a graph: a class a family of layers.
 *
 * <p>Enter at {@link dev.phosphene.model.keras.layer.KerasLayers}, the table. To add a layer, write
 * a method that takes a {@link dev.phosphene.model.keras.layer.LayerCall} and gives its output (of
 * {@code Value}, or a list of several), in the class of its family, and add a line to the {@code
 * register} method there; a new family also gets a line in the table. Values that leave a layer
 * have their axes as Keras has them; {@code ChannelOrder} brings channels first for operators that
 * need it. Weights are asked for in the order of {@code layer.weights}. This package uses {@code
 * graph}.
 */
@NullMarked
package dev.phosphene.model.keras.layer;

import org.jspecify.annotations.NullMarked;
