/**
 * What the person at the terminal sees: results on standard output, everything else ({@link
 * dev.phosphene.cli.console.Console}, {@link dev.phosphene.cli.console.Progress}) on standard
 * error, and what Ctrl-C does ({@link dev.phosphene.cli.console.Interruption}).
 */
@NullMarked
package dev.phosphene.cli.console;

import org.jspecify.annotations.NullMarked;
