package dev.phosphene.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A file for an input of a model: {@code FILE}, or {@code NAME=FILE}.
 *
 * @param input name of the input; empty where only the file was given
 */
record NamedFile(String input, Path file) {
  /** Reads what stands after {@code --input}. */
  static final class Converter implements ITypeConverter<NamedFile> {
    @Override
    public NamedFile convert(String text) {
      int equals = text.indexOf('=');
      // A file may have such a name.
      if (equals < 0 || Files.exists(ModelSource.file(text))) {
        return new NamedFile("", ModelSource.file(text));
      }
      if (equals == 0 || equals == text.length() - 1) {
        throw new TypeConversionException(
            "expected a file, or an input and its file such as mask=m.npy, found \"%s\""
                .formatted(text));
      }
      return new NamedFile(text.substring(0, equals), ModelSource.file(text.substring(equals + 1)));
    }
  }

  boolean isNamed() {
    return !input.isEmpty();
  }
}
