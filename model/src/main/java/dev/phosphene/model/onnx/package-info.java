/**
 * ONNX files to graphs and back.
 *
 * <p>Enter at {@link dev.phosphene.model.onnx.OnnxReader} and {@link
 * dev.phosphene.model.onnx.OnnxWriter}.
 */
@NullMarked
package dev.phosphene.model.onnx;

import org.jspecify.annotations.NullMarked;
