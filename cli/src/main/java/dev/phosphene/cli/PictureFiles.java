package dev.phosphene.cli;

import dev.phosphene.cli.picture.OutputFile;
import dev.phosphene.image.AnimationFormat;
import dev.phosphene.image.Image;
import dev.phosphene.image.PictureFormat;
import dev.phosphene.image.StillFormat;
import dev.phosphene.visualize.PictureRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Files that pictures are written to: their names, and what is in them. */
final class PictureFiles {
  /** How the names of pictures end that the user does not name. */
  static final String USUAL_EXTENSION = StillFormat.PNG.extensions().get(0);

  /** How the names of files with one picture may end. */
  static final List<String> STILL = PictureFormat.extensions(StillFormat.ALL);

  /** How the names of animations may end. */
  static final List<String> ANIMATED = PictureFormat.extensions(AnimationFormat.ALL);

  /** How the names of both may end. */
  static final List<String> ALL = Stream.concat(STILL.stream(), ANIMATED.stream()).toList();

  private PictureFiles() {}

  /**
   * Checks, before the work, that a file can be written.
   *
   * @param option that named the file
   * @param extensions that its name may end in
   * @throws ParameterException where it ends in another
   */
  static void requireUsable(CommandSpec spec, String option, Path file, List<String> extensions) {
    if (extensions.stream().noneMatch(each -> OutputFile.hasExtension(file, each))) {
      throw new ParameterException(
          spec.commandLine(),
          "Option %s should name a %s file, found %s"
              .formatted(option, alternatives(extensions), file));
    }
    OutputFile.requireWritable(file);
  }

  private static String alternatives(List<String> extensions) {
    int last = extensions.size() - 1;
    return last == 0
        ? extensions.get(0)
        : "%s or %s"
            .formatted(String.join(", ", extensions.subList(0, last)), extensions.get(last));
  }

  /** Whether the name of a file asks for an animation. */
  static boolean isAnimation(Path file) {
    return AnimationFormat.ofName(file).isPresent();
  }

  /** Writes a picture with its record, in the format that the file's name asks for. */
  static void write(Path file, Image image, PictureRecord record) {
    StillFormat.ofName(file).orElse(StillFormat.PNG).write(file, image, record.toJson());
  }

  /** The name of a file without its folders and its ending. */
  static String stem(Path file) {
    return String.valueOf(file.getFileName()).replaceFirst("\\.[A-Za-z0-9]+$", "");
  }

  /** A name with only such characters as any system has in names of files. */
  static String safe(String name) {
    return name.replaceAll("[^A-Za-z0-9._+-]", "_");
  }
}
