package dev.phosphene.model.file;

import java.util.OptionalInt;

/**
 * A layer that a file names.
 *
 * @param index as the author of the model counts it; -1 where it stands within another layer, which
 *     has the index
 * @param name as the author calls it, with the names of the layers around it: {@code outer/inner}
 * @param kind what it is, in the format's own words: {@code Conv2D}
 * @param output name of the graph's value that leaves it
 * @param filterAxis axis of that value along which filters lie; empty where there is none
 * @param parameters number of its weights
 */
public record FileLayer(
    int index, String name, String kind, String output, OptionalInt filterAxis, long parameters) {
  /** Index of a layer within another one. */
  public static final int INNER = -1;
}
