/**
 * Random changes of the image before the network sees it, new at each step: they keep an
 * optimization from patterns that excite the network only at one place, size and angle. {@code
 * docs/transforms.md} shows each.
 *
 * <p>What works along each axis by itself is one random matrix an axis ({@code AxisMatrices}), a
 * turn one gather of pixels ({@code AffineMap}); {@code NumberStream} draws noise.
 *
 * <p>To add one: a record that implements {@link dev.phosphene.visualize.transform.Transform}, and
 * a line in its list of kinds. This package uses {@code graph} only.
 */
@NullMarked
package dev.phosphene.visualize.transform;

import org.jspecify.annotations.NullMarked;
