/**
 * Short programs that show what Phosphene is for, one question each. Every class here with a {@code
 * main} writes a picture into the folder that is its only argument (the current one without it);
 * {@code docs/examples} has a page for each that shows and explains that picture.
 */
@NullMarked
package dev.phosphene.examples;

import org.jspecify.annotations.NullMarked;
