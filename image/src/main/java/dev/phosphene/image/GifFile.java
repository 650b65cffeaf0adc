package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Animated GIF files that repeat for ever and carry a recipe beside their pixels.
 *
 * <p>Each frame has 256 colours of its own (see {@link Palette}). The recipe is a comment that
 * begins with {@code phosphene} and a line feed, in UTF-8. The same frames give the same bytes.
 */
public final class GifFile {
  private static final String METADATA = "javax_imageio_gif_image_1.0";
  private static final String PREFIX = PngFile.RECIPE_KEYWORD + "\n";

  /** GIF counts delays in hundredths of a second; browsers slow down anything below two of them. */
  private static final int LEAST_DELAY_MILLISECONDS = 20;

  private static final int MAXIMUM_SIDE = 65535;

  private GifFile() {}

  /**
   * The bytes of a GIF file; {@link AnimationFormat#GIF} writes them.
   *
   * @param delayMilliseconds rounded to hundredths of a second
   */
  static byte[] encode(List<Image> frames, int delayMilliseconds, String recipe) {
    Image first = frames.get(0);
    if (first.width() > MAXIMUM_SIDE || first.height() > MAXIMUM_SIDE) {
      throw new PhospheneException(
          "A GIF frame has sides of at most %d pixels, found %s".formatted(MAXIMUM_SIDE, first));
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.prepareWriteSequence(null);
      int delay = (Math.max(LEAST_DELAY_MILLISECONDS, delayMilliseconds) + 5) / 10;
      for (int i = 0; i < frames.size(); i++) {
        Palette palette = Palette.of(frames.get(i));
        BufferedImage indexed = indexed(frames.get(i), palette);
        IIOMetadata metadata =
            writer.getDefaultImageMetadata(
                ImageTypeSpecifier.createFromRenderedImage(indexed), null);
        metadata.mergeTree(METADATA, metadata(palette, delay, i == 0 ? recipe : "", i == 0));
        writer.writeToSequence(new IIOImage(indexed, null, metadata), null);
      }
      writer.endWriteSequence();
    } catch (IOException e) {
      throw new IllegalStateException("Encoding in memory failed", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static BufferedImage indexed(Image frame, Palette palette) {
    int[] colours = palette.colours();
    byte[][] channels = new byte[Image.CHANNELS][Palette.MAXIMUM_COLOURS];
    for (int i = 0; i < colours.length; i++) {
      for (int c = 0; c < Image.CHANNELS; c++) {
        channels[c][i] = (byte) (colours[i] >> (16 - 8 * c));
      }
    }
    IndexColorModel model =
        new IndexColorModel(
            Byte.SIZE, Palette.MAXIMUM_COLOURS, channels[0], channels[1], channels[2]);
    BufferedImage indexed =
        new BufferedImage(frame.width(), frame.height(), BufferedImage.TYPE_BYTE_INDEXED, model);
    byte[] indices = palette.indices(frame);
    byte[] data = ((DataBufferByte) indexed.getRaster().getDataBuffer()).getData();
    System.arraycopy(indices, 0, data, 0, indices.length);
    return indexed;
  }

  private static IIOMetadataNode metadata(
      Palette palette, int delay, String recipe, boolean first) {
    IIOMetadataNode root = new IIOMetadataNode(METADATA);
    IIOMetadataNode control = new IIOMetadataNode("GraphicControlExtension");
    control.setAttribute("disposalMethod", "none");
    control.setAttribute("userInputFlag", "FALSE");
    control.setAttribute("transparentColorFlag", "FALSE");
    control.setAttribute("transparentColorIndex", "0");
    control.setAttribute("delayTime", Integer.toString(delay));
    root.appendChild(control);
    root.appendChild(colourTable(palette.colours()));
    if (first) {
      IIOMetadataNode loop = new IIOMetadataNode("ApplicationExtension");
      loop.setAttribute("applicationID", "NETSCAPE");
      loop.setAttribute("authenticationCode", "2.0");
      loop.setUserObject(new byte[] {1, 0, 0}); // sub-block 1, repeated 0 times: for ever
      IIOMetadataNode applications = new IIOMetadataNode("ApplicationExtensions");
      applications.appendChild(loop);
      root.appendChild(applications);
    }
    if (!recipe.isEmpty()) {
      IIOMetadataNode comment = new IIOMetadataNode("CommentExtension");
      // The writer stores one byte a character; this way the bytes are those of UTF-8.
      byte[] utf8 = (PREFIX + recipe).getBytes(StandardCharsets.UTF_8);
      comment.setAttribute("value", new String(utf8, StandardCharsets.ISO_8859_1));
      IIOMetadataNode comments = new IIOMetadataNode("CommentExtensions");
      comments.appendChild(comment);
      root.appendChild(comments);
    }
    return root;
  }

  /** Without it, the writer would give every frame the colours of its default table. */
  private static IIOMetadataNode colourTable(int[] colours) {
    IIOMetadataNode table = new IIOMetadataNode("LocalColorTable");
    table.setAttribute("sizeOfLocalColorTable", Integer.toString(Palette.MAXIMUM_COLOURS));
    table.setAttribute("sortFlag", "FALSE");
    for (int i = 0; i < Palette.MAXIMUM_COLOURS; i++) {
      int colour = i < colours.length ? colours[i] : 0;
      IIOMetadataNode entry = new IIOMetadataNode("ColorTableEntry");
      entry.setAttribute("index", Integer.toString(i));
      entry.setAttribute("red", Integer.toString(colour >> 16));
      entry.setAttribute("green", Integer.toString(colour >> 8 & 0xFF));
      entry.setAttribute("blue", Integer.toString(colour & 0xFF));
      table.appendChild(entry);
    }
    return table;
  }

  /**
   * The comments of a GIF file, in its order.
   *
   * @throws PhospheneException where the file is missing, damaged, or not a GIF file
   */
  public static List<String> comments(Path file) {
    byte[] bytes = ImageFile.bytes(file);
    try {
      List<String> comments = new ArrayList<>();
      for (byte[] comment : new GifBlocks(bytes).comments()) {
        comments.add(new String(comment, StandardCharsets.UTF_8));
      }
      return List.copyOf(comments);
    } catch (MalformedFileException e) {
      throw ImageFile.malformed(file, e);
    }
  }

  /**
   * The recipe that a GIF file carries.
   *
   * @throws PhospheneException where the file is missing, damaged, or not a GIF file
   */
  public static Optional<String> recipe(Path file) {
    return comments(file).stream()
        .filter(comment -> comment.startsWith(PREFIX))
        .map(comment -> comment.substring(PREFIX.length()))
        .findFirst();
  }
}
