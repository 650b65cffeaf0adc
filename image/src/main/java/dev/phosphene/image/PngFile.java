package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * PNG files that carry text beside their pixels.
 *
 * <p>The same picture with the same texts gives the same bytes: nothing of the time, the machine or
 * the program goes into the file.
 */
public final class PngFile {
  /** The keyword of the text from which the picture can be made again. */
  public static final String RECIPE_KEYWORD = "phosphene";

  private PngFile() {}

  /** Writes a picture that carries no text, as a whole or not at all (see {@link WholeFile}). */
  public static void write(Path file, Image image) {
    write(file, image, Map.of());
  }

  /** Writes a picture with its recipe, under {@link #RECIPE_KEYWORD}. */
  public static void write(Path file, Image image, String recipe) {
    write(file, image, Map.of(RECIPE_KEYWORD, recipe));
  }

  /**
   * Writes a picture with texts, as a whole or not at all (see {@link WholeFile}).
   *
   * @param texts from keyword (1 to 79 printable ASCII characters) to text, written in the map's
   *     order
   * @throws PhospheneException where the file cannot be written
   */
  public static void write(Path file, Image image, Map<String, String> texts) {
    byte[] bytes = encode(image, texts);
    WholeFile.write(file, stream -> stream.write(bytes));
  }

  /**
   * Writes a picture that is transparent in parts, as a whole or not at all.
   *
   * @param opacity a gray picture of the same size: black where nothing is seen, white where all is
   */
  public static void writeTransparent(Path file, Image image, Image opacity) {
    if (image.width() != opacity.width() || image.height() != opacity.height()) {
      throw new IllegalArgumentException(
          "The opacity has the size of the picture, found %s and %s".formatted(opacity, image));
    }
    byte[] bytes =
        PngChunk.join(
            List.of(
                PngPixels.transparentHeader(image),
                PngPixels.transparentData(image, opacity),
                PngChunk.end()));
    WholeFile.write(file, stream -> stream.write(bytes));
  }

  /** The bytes of a PNG file with its recipe, empty for none. */
  static byte[] encode(Image image, String recipe) {
    return encode(image, recipe.isEmpty() ? Map.of() : Map.of(RECIPE_KEYWORD, recipe));
  }

  /** The bytes of a PNG file, as {@link #write} writes them. */
  public static byte[] encode(Image image, Map<String, String> texts) {
    List<PngChunk> chunks = new ArrayList<>();
    chunks.add(PngPixels.header(image));
    // Before the pixels, so that a reader finds them early.
    texts.forEach((keyword, text) -> chunks.add(new PngText(keyword, text).toChunk()));
    chunks.add(PngPixels.data(image));
    chunks.add(PngChunk.end());
    return PngChunk.join(chunks);
  }

  /**
   * All texts of a PNG file by keyword, in the file's order; the first where a keyword repeats.
   *
   * @throws PhospheneException where the file is missing, damaged, or not a PNG file
   */
  public static Map<String, String> texts(Path file) {
    byte[] bytes = ImageFile.bytes(file);
    try {
      Map<String, String> texts = new LinkedHashMap<>();
      long characters = 0;
      for (PngChunk chunk : PngChunk.parse(bytes)) {
        if (PngText.isText(chunk)) {
          PngText text = PngText.parse(chunk);
          texts.putIfAbsent(text.keyword(), text.text());
          characters += text.text().length();
          if (characters > 1 << 26) { // many texts, each within its own bound, must not add up
            throw new MalformedFileException("its texts are longer than 64 MiB together");
          }
        }
      }
      return texts;
    } catch (MalformedFileException e) {
      throw ImageFile.malformed(file, e);
    }
  }

  /**
   * The recipe that a PNG file carries.
   *
   * @throws PhospheneException where the file is missing, damaged, or not a PNG file
   */
  public static Optional<String> recipe(Path file) {
    return Optional.ofNullable(texts(file).get(RECIPE_KEYWORD));
  }
}
