/**
 * What {@code phosphene demo} shows of the embedded network: pictures, an animation, and a page
 * with all of them. Enter at {@link dev.phosphene.cli.gallery.Gallery}.
 */
@NullMarked
package dev.phosphene.cli.gallery;

import org.jspecify.annotations.NullMarked;
