package dev.phosphene.tensor;

import org.jspecify.annotations.Nullable;

/**
 * One axis of a shape: a size, or a symbol that stands for a size not known yet.
 *
 * @param size number of elements along the axis, or -1 where it is not known
 * @param symbol the name a model gives to an unknown size ("batch"); null where it has none
 */
public record Dimension(long size, @Nullable String symbol) {
  private static final Dimension ANONYMOUS = new Dimension(-1, null);

  public Dimension {
    if (size < -1) {
      throw new IllegalArgumentException("A dimension cannot be negative, found " + size);
    }
    if (size >= 0 && symbol != null) {
      throw new IllegalArgumentException("A dimension is a size or a symbol, not both: " + symbol);
    }
  }

  public static Dimension of(long size) {
    return size < 0 ? ANONYMOUS : new Dimension(size, null);
  }

  public static Dimension symbolic(String symbol) {
    return symbol.isEmpty() ? ANONYMOUS : new Dimension(-1, symbol);
  }

  public static Dimension unknown() {
    return ANONYMOUS;
  }

  public boolean isKnown() {
    return size >= 0;
  }

  @Override
  public String toString() {
    return isKnown() ? Long.toString(size) : symbol == null ? "?" : symbol;
  }
}
