package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Reads picture files of unknown origin: what a file claims is checked before memory is spent. */
final class ImageFile {
  /** Largest file that is read, 128 MiB: two bytes a pixel for a picture of the largest size. */
  private static final long MAXIMUM_BYTES = 1L << 27;

  /** Longest side: wider formats are for strips, which no network takes. */
  private static final int MAXIMUM_SIDE = 1 << 16;

  /**
   * Most scans of a progressive JPEG: encoders write about ten, and each costs a pass over all
   * pixels however few bytes it has.
   */
  private static final int MAXIMUM_SCANS = 100;

  private ImageFile() {}

  static Image read(Path file) {
    byte[] bytes = bytes(file);
    String format = format(file, bytes);
    try {
      return decode(format, prepared(format, bytes));
    } catch (MalformedFileException e) {
      throw malformed(file, e);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      // Decoders meet damage with any exception. A large array that does not fit leaves the rest
      // of the program as usable as before.
      String reason =
          e instanceof OutOfMemoryError || e.getCause() instanceof OutOfMemoryError
              ? "the %s picture needs more memory than Java has: scale it down, or raise -Xmx"
              : "the %s picture is damaged or of a kind that cannot be read: save it anew as PNG";
      throw new PhospheneException(file + ": " + reason.formatted(format), e);
    }
  }

  static PhospheneException malformed(Path file, MalformedFileException cause) {
    return new PhospheneException("%s: %s".formatted(file, cause.getMessage()), cause);
  }

  /** All bytes of a regular file of bounded size. */
  static byte[] bytes(Path file) {
    if (!Files.exists(file)) {
      throw new PhospheneException("%s: no such file: check the path".formatted(file));
    }
    if (!Files.isRegularFile(file)) {
      throw new PhospheneException(
          "%s: expected a picture file, found %s"
              .formatted(file, Files.isDirectory(file) ? "a directory" : "a device or pipe"));
    }
    try {
      long size = Files.size(file);
      if (size > MAXIMUM_BYTES) {
        throw new PhospheneException(
            "%s: expected at most %d MiB, found %d MiB: use a smaller picture"
                .formatted(file, MAXIMUM_BYTES >> 20, size >> 20));
      }
      return content(file);
    } catch (IOException e) {
      throw new PhospheneException("%s: cannot be read: check its permissions".formatted(file), e);
    }
  }

  /** By a stream that an interrupt of the thread does not close, as it does those of channels. */
  private static byte[] content(Path file) throws IOException {
    try (InputStream stream = new FileInputStream(file.toFile())) {
      return stream.readAllBytes();
    }
  }

  private static String format(Path file, byte[] bytes) {
    if (PngChunk.isPng(bytes)) {
      return "PNG";
    }
    String start = new String(bytes, 0, Math.min(bytes.length, 12), StandardCharsets.ISO_8859_1);
    if (JpegSegments.isJpeg(bytes)) {
      return "JPEG";
    }
    if (GifBlocks.isGif(bytes)) {
      return "GIF";
    }
    if (start.startsWith("BM")) {
      return "BMP";
    }
    throw new PhospheneException(
        "%s: expected a PNG, JPEG, GIF or BMP picture, found %s"
            .formatted(
                file,
                bytes.length == 0
                    ? "an empty file"
                    : "a file that begins with \"%s\"".formatted(start.replaceAll("[^ -~]", "."))));
  }

  /** The bytes that the decoder gets: only those on which pixels depend. */
  private static byte[] prepared(String format, byte[] bytes) {
    if (format.equals("PNG")) { // ancillary chunks may hold decompression bombs
      List<PngChunk> chunks = PngChunk.parse(bytes);
      return PngChunk.join(chunks.stream().filter(PngChunk::isNeededForPixels).toList());
    }
    if (format.equals("JPEG")) {
      int scans = 0;
      for (int i = 0; i + 1 < bytes.length; i++) {
        if (bytes[i] == (byte) 0xFF && bytes[i + 1] == (byte) 0xDA && ++scans > MAXIMUM_SCANS) {
          throw new MalformedFileException(
              "the JPEG picture has more than %d scans".formatted(MAXIMUM_SCANS));
        }
      }
    }
    return bytes;
  }

  private static Image decode(String format, byte[] bytes) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
    if (!readers.hasNext()) {
      throw new MalformedFileException("this Java runtime cannot read " + format);
    }
    ImageReader reader = readers.next();
    try (MemoryCacheImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(stream, true, true);
      long width = reader.getWidth(0);
      long height = reader.getHeight(0);
      if (width < 1
          || height < 1
          || width > MAXIMUM_SIDE
          || height > MAXIMUM_SIDE
          || width * height > Image.MAXIMUM_PIXELS) {
        throw new MalformedFileException(
            "expected a picture of at most %d x %d and %d megapixels, found %d x %d: scale it down"
                .formatted(
                    MAXIMUM_SIDE, MAXIMUM_SIDE, Image.MAXIMUM_PIXELS / 1_000_000, width, height));
      }
      return toImage(reader.read(0));
    } finally {
      reader.dispose();
    }
  }

  private static Image toImage(BufferedImage buffered) {
    int width = buffered.getWidth();
    int height = buffered.getHeight();
    byte[] rgb = new byte[width * height * Image.CHANNELS];
    if (buffered.getColorModel() instanceof ComponentColorModel) {
      // Samples as they are stored: the colour model would change gray levels and apply profiles.
      copySamples(buffered.getRaster(), buffered.getColorModel().isAlphaPremultiplied(), rgb);
    } else {
      int[] row = new int[width];
      for (int y = 0; y < height; y++) {
        buffered.getRGB(0, y, width, 1, row, 0, width);
        for (int x = 0; x < width; x++) {
          int alpha = row[x] >>> 24;
          for (int c = 0; c < Image.CHANNELS; c++) {
            int sample = row[x] >> (16 - 8 * c) & 0xFF;
            rgb[(y * width + x) * Image.CHANNELS + c] = onWhite(sample, alpha);
          }
        }
      }
    }
    return Image.over(width, height, rgb);
  }

  private static void copySamples(Raster raster, boolean premultiplied, byte[] rgb) {
    int bands = raster.getNumBands();
    if (bands > 4 || premultiplied) {
      throw new MalformedFileException(
          "expected 1 to 4 channels, found %d: save it anew as RGB".formatted(bands));
    }
    boolean alpha = bands % 2 == 0;
    int[] row = new int[raster.getWidth() * bands];
    int[] shifts = new int[bands];
    for (int b = 0; b < bands; b++) {
      shifts[b] = Math.max(0, raster.getSampleModel().getSampleSize(b) - 8);
    }
    int at = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, raster.getWidth(), 1, row);
      for (int x = 0; x < raster.getWidth(); x++) {
        int opacity = alpha ? row[(x + 1) * bands - 1] >> shifts[bands - 1] : 255;
        for (int c = 0; c < Image.CHANNELS; c++) {
          int band = bands < 3 ? 0 : c;
          rgb[at++] = onWhite(row[x * bands + band] >> shifts[band], opacity);
        }
      }
    }
  }

  private static byte onWhite(int sample, int alpha) {
    return (byte) ((sample * alpha + 255 * (255 - alpha) + 127) / 255);
  }
}
