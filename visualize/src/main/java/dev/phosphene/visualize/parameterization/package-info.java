/**
 * What is optimized in the place of pixels: the numbers from which an image is computed, as part of
 * the step's graph. {@code docs/parameterizations.md} shows each.
 *
 * <p>Waves are {@code FourierBasis} (real, for {@link
 * dev.phosphene.visualize.parameterization.FourierImage}) and {@code HalfSpectrum} (complex, for
 * {@link dev.phosphene.visualize.parameterization.MacoImage}); {@code DecorrelatedColours} is the
 * way to display units that most share, with the numbers of {@code NaturalStatistics}.
 *
 * <p>To add one: a record that implements {@link
 * dev.phosphene.visualize.parameterization.Parameterization}, and a line in its list of kinds. This
 * package uses {@code graph} and {@code visualize.transform} only.
 */
@NullMarked
package dev.phosphene.visualize.parameterization;

import org.jspecify.annotations.NullMarked;
