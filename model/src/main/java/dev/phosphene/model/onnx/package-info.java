/**
 * ONNX files to graphs and back.
 *
 * <p>Enter at {@link dev.phosphene.model.onnx.OnnxReader} and {@link
 * dev.phosphene.model.onnx.OnnxWriter}. Reading goes from {@code ModelParser}, which leaves weights
 * where the file is mapped, over {@code GraphDecoder}, which inlines local functions, and {@code
 * GraphDraft}, which sorts nodes, to {@code OperatorUpgrades}, which turns older forms of operators
 * into those of the intermediate representation. To add an upgrade, add a row there. Writing is
 * {@code ModelEncoder}; {@link dev.phosphene.model.onnx.KeptModel} is a graph that the next process
 * finds again by its {@link dev.phosphene.model.onnx.GraphDigest}. What a file says is untrusted
 * everywhere here.
 */
@NullMarked
package dev.phosphene.model.onnx;

import org.jspecify.annotations.NullMarked;
