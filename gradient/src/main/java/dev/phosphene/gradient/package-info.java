/**
 * Reverse-mode differentiation of graphs, as nodes added to the graph.
 *
 * <p>Enter at {@link dev.phosphene.gradient.Differentiation}. What an operator's gradient is stands
 * in a {@link dev.phosphene.gradient.GradientRule}; rules are rows of {@link
 * dev.phosphene.gradient.GradientRules}, each with the cases on which it is checked against finite
 * differences. The rows for the standard operators are in {@code gradient.rule}, a class an
 * operator family.
 *
 * <p>A {@link dev.phosphene.gradient.BackpropModifier} exchanges rules: for guided and rectified
 * backpropagation, or a user's own way back. {@link dev.phosphene.gradient.Masks} are formulas that
 * several rules share.
 *
 * <p>To add a rule: a method in a family's class of {@code gradient.rule}, and a row with its cases
 * in that class's {@code entries()}; {@code docs/adding-a-gradient-rule.md} shows it. This package
 * uses {@code graph} and {@code tensor} and never sees the runtime.
 */
@NullMarked
package dev.phosphene.gradient;

import org.jspecify.annotations.NullMarked;
