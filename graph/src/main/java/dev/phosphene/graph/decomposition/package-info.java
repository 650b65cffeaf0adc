/**
 * Composite operators written as simpler ones: recurrent layers as their steps, attention as
 * products and a softmax, the fused operators of ONNX Runtime as their parts.
 *
 * <p>A {@link dev.phosphene.graph.decomposition.Decomposition} is exact: it computes what the
 * operator's specification says, for static shapes. It serves the gradient, which is taken through
 * the simpler operators, so that a composite operator needs no formula of its own.
 *
 * <p>To add one, write a method in a family's class and a row in {@link
 * dev.phosphene.graph.decomposition.Decompositions}; the cases on which it is checked stand in the
 * table of gradient rules. This package uses {@code graph}, {@code graph.loop} and {@code tensor}
 * only.
 */
@NullMarked
package dev.phosphene.graph.decomposition;

import org.jspecify.annotations.NullMarked;
