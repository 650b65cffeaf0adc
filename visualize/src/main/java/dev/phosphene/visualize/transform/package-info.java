/**
 * Random changes of the image before the network sees it, new at each step: they keep an
 * optimization from patterns that excite the network only at one place, size and angle.
 *
 * <p>To add one: a record that implements {@link dev.phosphene.visualize.transform.Transform}, and
 * a line in its list of kinds. This package uses {@code graph} only.
 */
@NullMarked
package dev.phosphene.visualize.transform;

import org.jspecify.annotations.NullMarked;
