package dev.phosphene.gradient.rule;

import dev.phosphene.graph.Value;

/**
 * One of the elements along an axis that a sample is interpolated from; all of shape {@code [N,
 * samples]}.
 *
 * @param index of the element, int64
 * @param weight of the element
 * @param slope of the weight with respect to the position, in elements
 */
record SamplingTap(Value index, Value weight, Value slope) {}
