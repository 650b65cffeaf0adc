/**
 * From the results of a run to a file: several pictures on one sheet ({@link
 * dev.phosphene.cli.picture.Sheet}), a picture that emerges ({@link
 * dev.phosphene.cli.picture.Animation}), and the checks that a file can be written before the work
 * begins ({@link dev.phosphene.cli.picture.OutputFile}).
 */
@NullMarked
package dev.phosphene.cli.picture;

import org.jspecify.annotations.NullMarked;
