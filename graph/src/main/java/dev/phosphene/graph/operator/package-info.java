/**
 * The standard operators, a class an operator family: how types and shapes of outputs follow from
 * inputs, and how small constants are computed. Each class lists its operators in {@code specs()};
 * {@link dev.phosphene.graph.operator.StandardOperators} puts them together.
 *
 * <p>To add an operator: a row in its family's {@code specs()}; a new family is a class and a line
 * in {@code StandardOperators}.
 */
@NullMarked
package dev.phosphene.graph.operator;

import org.jspecify.annotations.NullMarked;
