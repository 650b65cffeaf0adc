/**
 * Numbers that go with a picture: how far its activation got, how stable it is, where it matters.
 *
 * <p>Enter at {@link dev.phosphene.visualize.measure.Measure}, which defines each number, as {@code
 * docs/numbers.md} does with examples; {@link dev.phosphene.visualize.measure.PictureNumbers} holds
 * those of one picture. {@code Measurement}, a package above, computes them. To add one: a constant
 * of {@code Measure}, and where it is computed.
 */
@NullMarked
package dev.phosphene.visualize.measure;

import org.jspecify.annotations.NullMarked;
