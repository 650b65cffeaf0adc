/**
 * Compiles and runs graphs; the only user of ONNX Runtime.
 *
 * <p>Enter at {@link dev.phosphene.session.Session}: {@code compile} a graph once, {@code run} it
 * as often as wanted, {@code close} it. A loop that runs the same shapes again and again prepares a
 * {@link dev.phosphene.session.Step}, whose inputs and outputs lie in buffers that are made once.
 * This package uses {@code graph}, {@code tensor} and {@code model} and shows no type of the
 * runtime to its users.
 */
@NullMarked
package dev.phosphene.session;

import org.jspecify.annotations.NullMarked;
