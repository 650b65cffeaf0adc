/**
 * Pictures: from tensors to pixels, and from pixels to files that appear whole or not at all.
 *
 * <ul>
 *   <li>{@link dev.phosphene.image.Image}: immutable 8-bit RGB pixels; read from a file, made of a
 *       tensor, cropped, resized, written on ({@link dev.phosphene.image.Lettering}).
 *   <li>{@link dev.phosphene.image.Depiction}: one picture of an input with one to three spatial
 *       axes and any number of channels, of a heat map, or of both. It chooses among {@link
 *       dev.phosphene.image.CurvePlot} for signals, the picture itself, a sheet of channels, and
 *       {@link dev.phosphene.image.Slices} for volumes.
 *   <li>{@link dev.phosphene.image.Normalization}: raw numbers to what can be shown; {@link
 *       dev.phosphene.image.ChannelReduction}, {@link dev.phosphene.image.HeatMap}, {@link
 *       dev.phosphene.image.ColourMap} and {@link dev.phosphene.image.Overlay}: attributions as
 *       pictures.
 *   <li>{@link dev.phosphene.image.ContactSheet}: many pictures with labels as one; {@link
 *       dev.phosphene.image.PictureGrid}: the same without labels, pixel by pixel. Text is drawn
 *       with a stroke font of our own and lines by {@code Coverage}, so a sheet or a plot has the
 *       same pixels on every machine.
 *   <li>{@link dev.phosphene.image.StillFormat} (PNG, JPEG) and {@link
 *       dev.phosphene.image.AnimationFormat} (GIF, animated PNG, MP4): files that carry text (the
 *       recipe) beside their pixels; {@link dev.phosphene.image.WholeFile} writes any file
 *       atomically.
 * </ul>
 *
 * <p>Enter at {@code Image}. A further colour map is one constant of {@code ColourMap}, a further
 * reduction one of {@code ChannelReduction}; a further glyph is one line of {@code
 * stroke-font.txt}. The package uses {@code dev.phosphene.tensor}, the exception type, and of
 * {@code java.desktop} only image buffers and codecs: no fonts, no toolkit and no display, so it
 * sets no headless property and needs none.
 */
@NullMarked
package dev.phosphene.image;

import org.jspecify.annotations.NullMarked;
