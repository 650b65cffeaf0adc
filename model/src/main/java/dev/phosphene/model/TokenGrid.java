package dev.phosphene.model;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How an axis of tokens lies over the input: positions of a map, row after row, with special tokens
 * before and after them. In a vision transformer the first token is often the class token, and
 * others may be registers.
 *
 * @param axis the axis of tokens
 * @param before number of special tokens before the positions
 * @param sizes of the map that the other tokens are, from the slowest axis to the fastest
 * @param after number of special tokens after the positions
 * @param features number of channels of the map where it became tokens: the width of the network
 *     there
 */
public record TokenGrid(int axis, int before, List<Integer> sizes, int after, int features) {
  public TokenGrid {
    sizes = List.copyOf(sizes);
  }

  /** Number of tokens that are positions. */
  public int positions() {
    return sizes.stream().reduce(1, (a, b) -> a * b);
  }

  /** Number of all tokens. */
  public int tokens() {
    return before + positions() + after;
  }

  /** Whether some of the tokens from {@code start} to before {@code end} are positions. */
  boolean containsPositions(long start, long end) {
    return start < before + positions() && end > before;
  }

  TokenGrid at(int otherAxis) {
    return new TokenGrid(otherAxis, before, sizes, after, features);
  }

  TokenGrid withSpecial(long tokensBefore, long tokensAfter) {
    return new TokenGrid(
        axis, Math.toIntExact(tokensBefore), sizes, Math.toIntExact(tokensAfter), features);
  }

  /** {@code 14 x 14}, {@code 1 + 14 x 14} with a class token. */
  @Override
  public String toString() {
    return (before > 0 ? before + " + " : "")
        + sizes.stream().map(String::valueOf).collect(Collectors.joining(" x "))
        + (after > 0 ? " + " + after : "");
  }
}
