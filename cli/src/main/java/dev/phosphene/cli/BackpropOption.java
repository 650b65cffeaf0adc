package dev.phosphene.cli;

import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.graph.PhospheneException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** By which rules gradients flow back through the network. */
final class BackpropOption {
  @Option(
      names = "--backprop",
      paramLabel = "NAME",
      converter = Converter.class,
      description =
          "How gradients flow back through rectifiers: none, guided, or rectified, which is also"
              + " called deconv and relu.")
  private BackpropModifier.@Nullable Named backprop;

  /** From a name to the modifier. */
  static final class Converter implements ITypeConverter<BackpropModifier.Named> {
    @Override
    public BackpropModifier.Named convert(String name) {
      try {
        return BackpropModifier.named(name);
      } catch (PhospheneException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** The modifier as chosen, or this one. */
  BackpropModifier or(BackpropModifier usual) {
    return backprop == null ? usual : backprop;
  }
}
