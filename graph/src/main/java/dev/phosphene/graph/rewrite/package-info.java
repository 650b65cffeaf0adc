/**
 * Transformations of whole graphs that keep what they compute.
 *
 * <p>In the order in which a graph passes them: {@link dev.phosphene.graph.rewrite.Specialization}
 * fixes the shapes of inputs and computes the shape arithmetic that exporters leave; {@link
 * dev.phosphene.graph.rewrite.Simplification} removes and merges nodes around the values that
 * someone asked for, by a list of {@link dev.phosphene.graph.rewrite.Rewrite rewrites} that each
 * can be switched off. A rewrite sees the graph through a {@link
 * dev.phosphene.graph.rewrite.Draft}.
 *
 * <p>To add a rewrite: a class that implements {@code Rewrite}, and a line in {@code
 * Simplification.STANDARD}, for networks, or {@code Simplification.GRADIENTS}, for networks with
 * their gradients.
 */
@NullMarked
package dev.phosphene.graph.rewrite;

import org.jspecify.annotations.NullMarked;
