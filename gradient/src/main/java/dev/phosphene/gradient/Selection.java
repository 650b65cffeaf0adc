package dev.phosphene.gradient;

import dev.phosphene.graph.Value;
import java.util.function.UnaryOperator;

/**
 * A gradient that is zero but where an operator took elements from: what multiplies it there by a
 * function of the element can as well multiply the gradient of what was taken, which is smaller.
 *
 * @param selected what the operator took, equal to the elements from which it did
 * @param gradient at what was taken, of the same shape
 * @param back moves such a gradient to the places of the elements; writes nodes each time
 */
public record Selection(Value selected, Value gradient, UnaryOperator<Value> back) {}
