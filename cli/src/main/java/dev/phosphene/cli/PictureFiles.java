package dev.phosphene.cli;

import dev.phosphene.cli.picture.OutputFile;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Names of files that pictures are written to. */
final class PictureFiles {
  static final String PNG = ".png";
  static final String GIF = ".gif";

  private PictureFiles() {}

  /**
   * Checks, before the work, that a file can be written.
   *
   * @param option that named the file
   * @param extensions that its name may end in
   * @throws ParameterException where it ends in another
   */
  static void requireUsable(CommandSpec spec, String option, Path file, String... extensions) {
    if (List.of(extensions).stream().noneMatch(each -> OutputFile.hasExtension(file, each))) {
      throw new ParameterException(
          spec.commandLine(),
          "Option %s should name a %s file, found %s"
              .formatted(option, String.join(" or ", extensions), file));
    }
    OutputFile.requireWritable(file);
  }

  /** The name of a file without its folders and its ending. */
  static String stem(Path file) {
    return String.valueOf(file.getFileName()).replaceFirst("\\.[A-Za-z0-9]+$", "");
  }
}
