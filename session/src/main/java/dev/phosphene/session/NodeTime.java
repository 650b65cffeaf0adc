package dev.phosphene.session;

/**
 * How long a node took.
 *
 * @param node its name; the runtime's own for one that it made of several
 * @param operator that was run
 * @param milliseconds of one run, on average over all but the first
 */
public record NodeTime(String node, String operator, double milliseconds) {}
