/**
 * Loops over the steps of sequences, as Scan nodes: reading one, writing one, and moving out of it
 * what need not be done step by step.
 *
 * <p>{@link dev.phosphene.graph.loop.ScanForm} says what a Scan does with each of its inputs and
 * outputs; {@link dev.phosphene.graph.loop.ScanBuilder} writes one from a body that is grown node
 * by node. What of the body does not depend on the steps before, the builder has {@link
 * dev.phosphene.graph.loop.Hoisting} computed for all steps at once, which is how a recurrent layer
 * or its gradient becomes a few large products and a small loop. {@link
 * dev.phosphene.graph.loop.Inlining} copies a body into another graph.
 *
 * <p>To have another operator hoisted, add a row to {@link
 * dev.phosphene.graph.loop.StackedOperators}. This package uses {@code graph} and {@code tensor}
 * only.
 */
@NullMarked
package dev.phosphene.graph.loop;

import org.jspecify.annotations.NullMarked;
