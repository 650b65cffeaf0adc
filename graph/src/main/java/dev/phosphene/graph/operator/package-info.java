/**
 * The standard operators, a class an operator family: how types and shapes of outputs follow from
 * inputs, and how small constants are computed. Each class lists its operators in {@code specs()};
 * {@link dev.phosphene.graph.operator.StandardOperators} puts them together.
 *
 * <p>Kernels for constants are in {@code Arithmetic} (each element alone), {@code Rearrangement}
 * (elements move) and {@code Accumulation} (along axes); {@code Folding} runs them where everything
 * is small. {@link dev.phosphene.graph.operator.Window} resolves strides, dilations and every form
 * of padding, for inference and for gradient rules.
 *
 * <p>To add an operator: a row in its family's {@code specs()}, with a kernel where constants
 * should be computed; if it needs more than one input, its name in {@code RequiredInputs}. A new
 * family is a class and a line in {@code StandardOperators}. Then a case in {@code
 * benchmark/peers/shapes.py}, which asks ONNX Runtime what the tests should expect.
 */
@NullMarked
package dev.phosphene.graph.operator;

import org.jspecify.annotations.NullMarked;
