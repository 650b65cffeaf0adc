package dev.phosphene.tensor;

/**
 * Where the bytes of a tensor begin in a file that it was read from.
 *
 * @param offset of the first byte
 */
public record FileRegion(FileVersion file, long offset) {
  /**
   * Checks the offset.
   *
   * @throws IllegalArgumentException where it is negative
   */
  public FileRegion {
    if (offset < 0) {
      throw new IllegalArgumentException("A place in a file cannot be negative: " + offset);
    }
  }
}
