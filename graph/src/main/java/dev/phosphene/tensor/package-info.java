/**
 * Numbers in memory: element types, possibly symbolic shapes, and dense tensors, with NumPy's file
 * format to exchange them.
 *
 * <p>Enter at {@link dev.phosphene.tensor.Tensor}. This package uses nothing but the JDK.
 */
@NullMarked
package dev.phosphene.tensor;

import org.jspecify.annotations.NullMarked;
