package dev.phosphene.image;

/** Where the channel axis of a tensor of pictures lies. */
public enum Layout {
  /** {@code [N, C, H, W]} or {@code [C, H, W]}. */
  CHANNELS_FIRST,
  /** {@code [N, H, W, C]} or {@code [H, W, C]}. */
  CHANNELS_LAST
}
