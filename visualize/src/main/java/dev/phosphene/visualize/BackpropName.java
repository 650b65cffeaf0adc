package dev.phosphene.visualize;

import com.fasterxml.jackson.databind.util.StdConverter;
import dev.phosphene.gradient.BackpropModifier;

/** Backprop modifiers in records, by name. */
final class BackpropName {
  private BackpropName() {}

  /** From a modifier to its name. */
  static final class Written extends StdConverter<BackpropModifier, String> {
    @Override
    public String convert(BackpropModifier modifier) {
      if (modifier instanceof BackpropModifier.Named) {
        return modifier.toString();
      }
      throw new IllegalArgumentException("A backprop modifier of one's own has no name");
    }
  }

  /** From a name to the modifier. */
  static final class Read extends StdConverter<String, BackpropModifier> {
    @Override
    public BackpropModifier convert(String name) {
      return BackpropModifier.named(name);
    }
  }
}
