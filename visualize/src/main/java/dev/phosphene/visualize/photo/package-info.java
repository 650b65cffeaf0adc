/**
 * What photos excite filters, to compare synthesised pictures with.
 *
 * <p>Enter at {@link dev.phosphene.visualize.photo.PhotoSurvey}, which runs the photos of a {@link
 * dev.phosphene.visualize.photo.PhotoFolder} through the network and gives {@link
 * dev.phosphene.visualize.photo.PhotoActivations} of each layer: the photos that excite a filter
 * most, and the percentile of any activation among them. An activation is measured as {@link
 * dev.phosphene.visualize.ActivationMeter} does, and so can be that of a picture.
 */
@NullMarked
package dev.phosphene.visualize.photo;

import org.jspecify.annotations.NullMarked;
