package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Files of pictures that follow each other, with the recipe in them. */
public final class AnimationFormat extends PictureFormat {
  /** 256 colours a frame, and shown everywhere; the recipe is a comment. */
  public static final AnimationFormat GIF =
      new AnimationFormat(List.of(".gif"), GifBlocks::isGif, GifFile::recipe, GifFile::encode);

  /** Every pixel as it is, for browsers; the recipe is an iTXt chunk. */
  public static final AnimationFormat APNG =
      new AnimationFormat(
          List.of(".apng"), ApngFile::isAnimated, PngFile::recipe, ApngFile::encode);

  /** A film, with slight losses; the recipe is a box of its own. */
  public static final AnimationFormat MP4 =
      new AnimationFormat(List.of(".mp4"), Mp4Boxes::isMp4, Mp4File::recipe, Mp4File::encode);

  /** The usual one first. */
  public static final List<AnimationFormat> ALL = List.of(GIF, APNG, MP4);

  private final Encoder encoder;

  /** From frames of one size, each shown as long, and their recipe, empty for none, to bytes. */
  private interface Encoder {
    byte[] encode(List<Image> frames, int delayMilliseconds, String recipe);
  }

  private AnimationFormat(
      List<String> extensions,
      Predicate<byte[]> content,
      Function<Path, Optional<String>> recipe,
      Encoder encoder) {
    super(extensions, content, recipe);
    this.encoder = encoder;
  }

  /** The format that the name of a file asks for. */
  public static Optional<AnimationFormat> ofName(Path file) {
    return ofName(ALL, file);
  }

  /**
   * The bytes of a file; the same frames and recipe give the same bytes.
   *
   * @param frames pictures of one size
   * @param delayMilliseconds how long each frame is shown
   * @param recipe from which the animation can be made again; empty for none
   * @throws PhospheneException where the frames differ in size
   */
  public byte[] encode(List<Image> frames, int delayMilliseconds, String recipe) {
    requireOneSize(frames);
    return encoder.encode(frames, delayMilliseconds, recipe);
  }

  /**
   * Writes an animation, as a whole or not at all (see {@link WholeFile}).
   *
   * @throws PhospheneException where the frames differ in size or the file cannot be written
   */
  public void write(Path file, List<Image> frames, int delayMilliseconds, String recipe) {
    byte[] bytes = encode(frames, delayMilliseconds, recipe);
    WholeFile.write(file, stream -> stream.write(bytes));
  }

  private static void requireOneSize(List<Image> frames) {
    if (frames.isEmpty()) {
      throw new IllegalArgumentException("An animation has one frame or more");
    }
    Image first = frames.get(0);
    for (Image frame : frames) {
      if (frame.width() != first.width() || frame.height() != first.height()) {
        throw new PhospheneException(
            "The frames of an animation have one size, found %s after %s".formatted(frame, first));
      }
    }
  }
}
