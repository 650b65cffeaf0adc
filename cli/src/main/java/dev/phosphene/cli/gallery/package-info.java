/**
 * Pages with pictures. What {@code phosphene demo} shows of the embedded network is made by {@link
 * dev.phosphene.cli.gallery.Gallery}; the pages of an atlas are written by {@link
 * dev.phosphene.cli.gallery.AtlasPages} from its index. Templates and styles lie beside the classes
 * as resources; all text in them is escaped by {@code Html}.
 */
@NullMarked
package dev.phosphene.cli.gallery;

import org.jspecify.annotations.NullMarked;
