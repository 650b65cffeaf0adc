/**
 * Atlases: a folder with a picture of every filter of many layers, made in batches, which can be
 * interrupted and continued.
 *
 * <p>Enter at {@link dev.phosphene.visualize.atlas.Atlas}. {@link
 * dev.phosphene.visualize.atlas.LayerSelection} says which layers are worth it; each is a {@link
 * dev.phosphene.visualize.atlas.LayerWork}, whose pictures {@link
 * dev.phosphene.visualize.atlas.LayerPictures} makes and writes where {@link
 * dev.phosphene.visualize.atlas.AtlasFiles} says. What was made is in the {@link
 * dev.phosphene.visualize.atlas.AtlasIndex}, which has the {@link
 * dev.phosphene.visualize.atlas.AtlasSettings} that all pictures share, and the photos that excite
 * each filter ({@code AtlasPhotos}).
 *
 * <p>Pictures depend on nothing but the settings, their layer and their filter, so works may be
 * done in any order, and on several machines.
 */
@NullMarked
package dev.phosphene.visualize.atlas;

import org.jspecify.annotations.NullMarked;
