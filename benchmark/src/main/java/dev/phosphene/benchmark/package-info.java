/**
 * How long parts take: a step of a network and of what stands before it, what Java does between two
 * steps, and what goes before the first and after the last.
 *
 * <p>A class for each part, all of them kinds of {@link PartBenchmark}, which says how they are
 * measured; a method for each time. Whole networks beside PyTorch are in the folder {@code peers}.
 * To add one, write a class beside these; the README of this module tells how to run them.
 */
@NullMarked
package dev.phosphene.benchmark;

import org.jspecify.annotations.NullMarked;
