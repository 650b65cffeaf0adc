package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.visualize.optimizer.GradientModifier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What happens to a gradient before it is used. */
final class GradientModifierOption {
  @Option(
      names = "--gradient",
      paramLabel = "NAME",
      converter = Converter.class,
      description =
          "What happens to the gradient before it is used: none, negate, absolute, invert, relu or"
              + " small_values.")
  private @Nullable GradientModifier modifier;

  /** From a name to the modifier. */
  static final class Converter implements ITypeConverter<GradientModifier> {
    @Override
    public GradientModifier convert(String name) {
      try {
        return GradientModifier.named(name);
      } catch (PhospheneException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** The modifier as chosen, or this one. */
  GradientModifier or(GradientModifier usual) {
    return modifier == null ? usual : modifier;
  }
}
