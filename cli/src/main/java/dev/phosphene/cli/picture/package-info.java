/**
 * Files and lines that commands have in common: the layer table as text, and the checks that a file
 * can be written before the work begins ({@link dev.phosphene.cli.picture.OutputFile}).
 */
@NullMarked
package dev.phosphene.cli.picture;

import org.jspecify.annotations.NullMarked;
