/**
 * The gradients of the standard operators, a class an operator family. Each class lists its rows in
 * {@code entries()}; {@link dev.phosphene.gradient.rule.StandardRules} puts them together.
 */
@NullMarked
package dev.phosphene.gradient.rule;

import org.jspecify.annotations.NullMarked;
