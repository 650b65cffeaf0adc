/**
 * The intermediate representation: an immutable {@link dev.phosphene.graph.Graph} of {@link
 * dev.phosphene.graph.Node nodes} in topological order, with typed, shaped {@link
 * dev.phosphene.graph.Value values}.
 *
 * <p>Operators have the names and meaning of the ONNX standard. Whatever version a model file has,
 * a graph holds one form of each operator: that of operator set 21, or the version that introduced
 * it where that is later. Adapting older forms is the reader's work, so nothing after it deals with
 * versions.
 *
 * <p>Enter at {@link dev.phosphene.graph.GraphBuilder} to make a graph; {@link
 * dev.phosphene.graph.Emitter} lets one write nodes as formulas. What is known of an operator is an
 * {@link dev.phosphene.graph.OperatorSpec}; the families of standard operators are in {@code
 * graph.operator}, transformations of whole graphs in {@code graph.rewrite}. This package uses
 * {@code tensor} only.
 */
@NullMarked
package dev.phosphene.graph;

import org.jspecify.annotations.NullMarked;
