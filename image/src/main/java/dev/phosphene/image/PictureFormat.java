package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A kind of file that Phosphene writes, with the recipe in it. A further one is a class that
 * encodes and reads it, and a constant of {@link StillFormat} or {@link AnimationFormat}.
 */
public abstract sealed class PictureFormat permits StillFormat, AnimationFormat {
  private final List<String> extensions;
  private final Predicate<byte[]> content;
  private final Function<Path, Optional<String>> recipe;

  /**
   * A kind of file.
   *
   * @param extensions how names end, in lower case with the dot; the usual one first
   * @param content whether the bytes of a file are of this kind
   * @param recipe reads the recipe of a file
   */
  PictureFormat(
      List<String> extensions, Predicate<byte[]> content, Function<Path, Optional<String>> recipe) {
    this.extensions = extensions;
    this.content = content;
    this.recipe = recipe;
  }

  /** All kinds, animations first: an animated PNG file is also a PNG file. */
  public static List<PictureFormat> all() {
    return Stream.<PictureFormat>concat(AnimationFormat.ALL.stream(), StillFormat.ALL.stream())
        .toList();
  }

  /**
   * The kind of a file, by what is in it.
   *
   * @throws PhospheneException where the file is missing or of no kind that Phosphene writes
   */
  public static PictureFormat ofContent(Path file) {
    byte[] bytes = ImageFile.bytes(file);
    return all().stream()
        .filter(format -> format.content.test(bytes))
        .findFirst()
        .orElseThrow(
            () ->
                new PhospheneException(
                    "%s: expected a file that Phosphene writes (%s), found another kind"
                        .formatted(file, String.join(", ", extensions(all())))));
  }

  /** The endings of some kinds, in their order. */
  public static List<String> extensions(List<? extends PictureFormat> formats) {
    return formats.stream().flatMap(format -> format.extensions().stream()).toList();
  }

  /** The kind among some that the name of a file asks for, whatever the case of its letters. */
  static <F extends PictureFormat> Optional<F> ofName(List<F> formats, Path file) {
    return formats.stream().filter(each -> each.isNamedBy(file)).findFirst();
  }

  /** How names of such files end, in lower case with the dot; the usual one first. */
  public List<String> extensions() {
    return extensions;
  }

  final boolean isNamedBy(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return extensions.stream()
        .anyMatch(each -> name.endsWith(each) && name.length() > each.length());
  }

  /**
   * The recipe that such a file carries.
   *
   * @throws PhospheneException where the file is missing, damaged, or of another kind
   */
  public Optional<String> recipe(Path file) {
    return recipe.apply(file);
  }
}
