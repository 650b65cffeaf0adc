/**
 * HDF5 files as Keras writes them: groups, texts and arrays of numbers, read by jHDF.
 *
 * <p>Enter at {@link dev.phosphene.model.keras.hdf.HdfGroup#root}. Files are untrusted: work and
 * memory are bounded, links are not followed. This package uses {@code tensor}, and is the only one
 * that uses jHDF.
 */
@NullMarked
package dev.phosphene.model.keras.hdf;

import org.jspecify.annotations.NullMarked;
