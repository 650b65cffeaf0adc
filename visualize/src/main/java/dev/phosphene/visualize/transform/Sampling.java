package dev.phosphene.visualize.transform;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a picture is read between its pixels. */
public enum Sampling {
  /**
   * The nearest pixel. A quarter of the time of the other, and no coarser for pictures under random
   * shifts: over many steps each pixel is read from all around it.
   */
  @JsonProperty("nearest")
  NEAREST(1),

  /** Between the four pixels around, by how near they are. */
  @JsonProperty("bilinear")
  BILINEAR(4);

  private final int taps;

  Sampling(int taps) {
    this.taps = taps;
  }

  /** How many pixels each is read from. */
  int taps() {
    return taps;
  }
}
