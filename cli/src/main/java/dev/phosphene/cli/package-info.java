/**
 * The command line.
 *
 * <p>Enter at {@link dev.phosphene.cli.Main}. Each command is one class that ends in {@code
 * Command} and is named in {@code PhospheneCommand}; options that several commands share are mixins
 * that end in {@code Options}. {@code Failures} turns whatever goes wrong into one line and an exit
 * status: 0 done, 1 the work failed, 2 wrong usage, 130 interrupted.
 *
 * <p>{@link dev.phosphene.cli.console} speaks with the person at the terminal, {@link
 * dev.phosphene.cli.picture} makes files of results, {@link dev.phosphene.cli.gallery} is what
 * {@code phosphene demo} shows. These may use every module; nothing uses them.
 *
 * <p>A new command is a class and its name in {@code PhospheneCommand}.
 */
@NullMarked
package dev.phosphene.cli;

import org.jspecify.annotations.NullMarked;
