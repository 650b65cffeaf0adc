package dev.phosphene.image;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Files of one picture, with the recipe in them. */
public final class StillFormat extends PictureFormat {
  /** Every pixel as it is; the recipe is an iTXt chunk. */
  public static final StillFormat PNG =
      new StillFormat(List.of(".png"), PngChunk::isPng, PngFile::recipe, PngFile::encode);

  /** Much smaller, with slight losses; the recipe is in comments. */
  public static final StillFormat JPEG =
      new StillFormat(
          List.of(".jpg", ".jpeg"), JpegSegments::isJpeg, JpegFile::recipe, JpegFile::encode);

  /** The usual one first. */
  public static final List<StillFormat> ALL = List.of(PNG, JPEG);

  private final Encoder encoder;

  /** From a picture and its recipe, empty for none, to bytes. */
  private interface Encoder {
    byte[] encode(Image image, String recipe);
  }

  private StillFormat(
      List<String> extensions,
      Predicate<byte[]> content,
      Function<Path, Optional<String>> recipe,
      Encoder encoder) {
    super(extensions, content, recipe);
    this.encoder = encoder;
  }

  /** The format that the name of a file asks for. */
  public static Optional<StillFormat> ofName(Path file) {
    return ofName(ALL, file);
  }

  /**
   * Writes a picture, as a whole or not at all (see {@link WholeFile}). The same picture and recipe
   * give the same bytes.
   *
   * @param recipe from which the picture can be made again; empty for none
   */
  public void write(Path file, Image image, String recipe) {
    byte[] bytes = encoder.encode(image, recipe);
    WholeFile.write(file, stream -> stream.write(bytes));
  }
}
