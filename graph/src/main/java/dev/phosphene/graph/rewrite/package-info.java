/**
 * Transformations of whole graphs that keep what they compute: specialization to given input shapes
 * with folding of shape arithmetic, and simplification around the values that someone asked for.
 */
@NullMarked
package dev.phosphene.graph.rewrite;

import org.jspecify.annotations.NullMarked;
