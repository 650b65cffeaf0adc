/**
 * The embedded network: a small convolutional classifier trained on CIFAR-10, its class names, and
 * a photo of each class. Enter at {@link dev.phosphene.demo.EmbeddedNetwork}. The scripts that
 * trained it lie beside this module's sources.
 */
@NullMarked
package dev.phosphene.demo;

import org.jspecify.annotations.NullMarked;
