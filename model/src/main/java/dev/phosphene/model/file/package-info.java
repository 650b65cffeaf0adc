/**
 * What model files of all formats have in common.
 *
 * <p>{@link dev.phosphene.model.file.FileFormat} tells formats apart by content; the reader of each
 * format gives a {@link dev.phosphene.model.file.ModelFile}. To add a format, add a constant, a
 * package with a reader beside this one, and a line to {@code Model.open}. This package uses {@code
 * graph}.
 */
@NullMarked
package dev.phosphene.model.file;

import org.jspecify.annotations.NullMarked;
