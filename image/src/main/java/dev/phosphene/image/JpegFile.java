package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * JPEG files that carry a recipe beside their pixels: comments that begin with {@code phosphene}
 * and a line feed, in UTF-8. The same picture with the same recipe gives the same bytes.
 */
public final class JpegFile {
  private static final String METADATA = "javax_imageio_jpeg_image_1.0";
  private static final String PREFIX = PngFile.RECIPE_KEYWORD + "\n";

  /** At which losses are hard to see even in flat areas; a fifth of the size of PNG files. */
  private static final float QUALITY = 0.93f;

  private static final int MAXIMUM_SIDE = 65500;

  private JpegFile() {}

  /** The bytes of a JPEG file with a recipe; {@link StillFormat#JPEG} writes them. */
  static byte[] encode(Image image, String recipe) {
    return JpegSegments.withText(encode(image), PREFIX, recipe);
  }

  /**
   * The bytes of a JPEG file that carries no text.
   *
   * @throws PhospheneException where the picture is too wide or high for one
   */
  public static byte[] encode(Image image) {
    if (image.width() > MAXIMUM_SIDE || image.height() > MAXIMUM_SIDE) {
      throw new PhospheneException(
          "A JPEG picture has sides of at most %d pixels, found %s; write a .png file"
              .formatted(MAXIMUM_SIDE, image));
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      BufferedImage buffered = buffered(image);
      ImageWriteParam settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(QUALITY);
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(
              ImageTypeSpecifier.createFromRenderedImage(buffered), settings);
      metadata.setFromTree(METADATA, withColoursOfEveryPixel(metadata));
      writer.setOutput(stream);
      writer.write(null, new IIOImage(buffered, null, metadata), settings);
    } catch (IOException e) {
      throw new IllegalStateException("Encoding in memory failed", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static BufferedImage buffered(Image image) {
    BufferedImage buffered =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        buffered.setRGB(x, y, image.pixel(x, y));
      }
    }
    return buffered;
  }

  /** Saturated colours that change from pixel to pixel are what these pictures are made of. */
  private static IIOMetadataNode withColoursOfEveryPixel(IIOMetadata metadata) {
    IIOMetadataNode tree = (IIOMetadataNode) metadata.getAsTree(METADATA);
    IIOMetadataNode brightness =
        (IIOMetadataNode) tree.getElementsByTagName("componentSpec").item(0);
    brightness.setAttribute("HsamplingFactor", "1");
    brightness.setAttribute("VsamplingFactor", "1");
    return tree;
  }

  /**
   * The recipe that a JPEG file carries.
   *
   * @throws PhospheneException where the file is missing, damaged, or not a JPEG file
   */
  public static Optional<String> recipe(Path file) {
    byte[] bytes = ImageFile.bytes(file);
    try {
      return Optional.of(JpegSegments.text(bytes, PREFIX)).filter(text -> !text.isEmpty());
    } catch (MalformedFileException e) {
      throw ImageFile.malformed(file, e);
    }
  }
}
