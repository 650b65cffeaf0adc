package dev.phosphene.model.file;

import dev.phosphene.graph.PhospheneException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** Opens model files, and says why one cannot be opened. */
public final class MappedFile {
  /** How many bytes at a file's start are looked at to say what it is instead of a model. */
  private static final int BEGINNING = 512;

  private MappedFile() {}

  /**
   * The content of a model file, mapped: nothing is read before it is needed.
   *
   * @throws PhospheneException where there is no such file, or it certainly is no ONNX file
   */
  public static ByteBuffer open(Path path) {
    require(path);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size == 0) {
        throw new PhospheneException("the file is empty");
      }
      if (size > Integer.MAX_VALUE) {
        throw new PhospheneException(
            "it has %d bytes, but an ONNX file has at most 2 GiB; larger models keep their weights in"
                    .formatted(size)
                + " external data files");
      }
      ByteBuffer content = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
      content.order(ByteOrder.LITTLE_ENDIAN);
      refuseOtherFormats(content);
      return content;
    } catch (IOException e) {
      throw new PhospheneException(reason(e), e);
    }
  }

  /**
   * Checks that there is a file which can be read.
   *
   * @throws PhospheneException where not; the message says why
   */
  public static void require(Path path) {
    if (Files.isDirectory(path)) {
      throw new PhospheneException("it is a directory; name the model file in it");
    }
    if (Files.notExists(path)) {
      throw new PhospheneException("there is no such file");
    }
    if (!Files.isReadable(path)) {
      throw new PhospheneException("no permission to read it");
    }
    if (!Files.isRegularFile(path)) {
      throw new PhospheneException("it is not a file");
    }
  }

  private static void refuseOtherFormats(ByteBuffer content) {
    byte[] bytes = new byte[Math.min(BEGINNING, content.remaining())];
    content.get(0, bytes);
    String beginning = new String(bytes, StandardCharsets.ISO_8859_1);
    String text = beginning.stripLeading().toLowerCase(Locale.ROOT);
    if (text.startsWith("<!doctype") || text.startsWith("<html") || text.startsWith("<head")) {
      throw new PhospheneException("this is an HTML page, perhaps an error saved by a download");
    } else if (text.startsWith("<?xml")) {
      throw new PhospheneException("this is an XML file");
    } else if (text.startsWith("version https://git-lfs")) {
      throw new PhospheneException(
          "this is a Git LFS pointer; fetch the file itself with: git lfs pull");
    } else if (beginning.startsWith("PK\3\4")) {
      throw new PhospheneException("this is a ZIP archive, not an ONNX file");
    } else if (beginning.startsWith("\u0089HDF")) {
      throw new PhospheneException("this is an HDF5 file, not an ONNX file");
    } else if (beginning.startsWith("\u001f\u008b")) {
      throw new PhospheneException("this is compressed by gzip; unpack it first");
    }
  }

  /** Why the file system refused, in words. */
  public static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    } else if (e instanceof AccessDeniedException) {
      return "no permission to read it";
    }
    return String.valueOf(e.getMessage());
  }
}
