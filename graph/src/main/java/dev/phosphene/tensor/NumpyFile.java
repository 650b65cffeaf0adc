package dev.phosphene.tensor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * NumPy's file format for one array, {@code .npy}, versions 1 to 3.
 *
 * <p>Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
public final class NumpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** Bytes of the dictionary; NumPy itself refuses longer ones as unsafe to parse. */
  private static final int LONGEST_HEADER = 10_000;

  /** Where a file's elements begin is a multiple of this many bytes. */
  private static final int ALIGNMENT = 64;

  private NumpyFile() {}

  /**
   * Reads an array of real numbers or booleans, of any byte order, in C or Fortran order.
   *
   * @return a tensor of the file's element type, in C order
   * @throws NumpyFormatException where the file is no such array, or is damaged
   * @throws IOException where the file cannot be read
   */
  public static Tensor read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new NumpyFormatException("it is a directory, expected a .npy file");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new NumpyFormatException("it is not a file");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      NumpyHeader header = header(channel);
      return tensor(header, elements(channel, header));
    }
  }

  private static NumpyHeader header(FileChannel channel) throws IOException {
    ByteBuffer start = take(channel, MAGIC.length + 2);
    byte[] magic = new byte[MAGIC.length];
    start.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new NumpyFormatException("it is not a .npy file");
    }
    int version = start.get();
    if (version < 1 || version > 3) {
      throw new NumpyFormatException(
          "it has version %d of the .npy format, expected 1 to 3".formatted(version));
    }
    long length =
        version == 1
            ? take(channel, Short.BYTES).getShort() & 0xFFFFL
            : take(channel, Integer.BYTES).getInt() & 0xFFFF_FFFFL;
    if (length > LONGEST_HEADER) {
      throw new NumpyFormatException(
          "its head has %d bytes, expected at most %d".formatted(length, LONGEST_HEADER));
    }
    ByteBuffer text = take(channel, (int) length);
    Charset charset = version < 3 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
    return NumpyHeader.parse(charset.decode(text).toString());
  }

  private static ByteBuffer elements(FileChannel channel, NumpyHeader header) throws IOException {
    long expected;
    try {
      expected = Math.multiplyExact(Shape.elements(header.sizes()), header.type().bytes());
    } catch (ArithmeticException e) {
      throw new NumpyFormatException("its shape is too large");
    }
    long found = channel.size() - channel.position();
    if (found != expected) {
      throw new NumpyFormatException(
          "%s%s needs %d bytes, found %d: is the file complete?"
              .formatted(header.type(), Shape.of(header.sizes()), expected, found));
    }
    if (expected > Integer.MAX_VALUE) {
      throw new NumpyFormatException("it has more than 2 GiB");
    }
    return take(channel, (int) expected).order(header.order());
  }

  private static ByteBuffer take(FileChannel channel, int length) throws IOException {
    if (length > channel.size() - channel.position()) {
      throw new NumpyFormatException("it ends too early: is it a complete .npy file?");
    }
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new NumpyFormatException("it ends too early: is it a complete .npy file?");
      }
    }
    return buffer.flip();
  }

  private static Tensor tensor(NumpyHeader header, ByteBuffer data) {
    long[] sizes = header.sizes();
    int width = header.type().bytes();
    if (header.order() == ByteOrder.LITTLE_ENDIAN && !header.fortranOrder()) {
      return Tensor.over(header.type(), sizes, data);
    }
    ByteBuffer ordered = ByteBuffer.allocate(data.remaining());
    int[] position = new int[sizes.length];
    int elements = data.remaining() / width;
    for (int i = 0; i < elements; i++) {
      int from = (header.fortranOrder() ? columnMajor(position, sizes) : i) * width;
      for (int b = 0; b < width; b++) {
        ordered.put(data.get(from + (header.order() == ByteOrder.BIG_ENDIAN ? width - 1 - b : b)));
      }
      advance(position, sizes);
    }
    return Tensor.over(header.type(), sizes, ordered.flip());
  }

  /** Index of an element where the first axis varies fastest. */
  private static int columnMajor(int[] position, long[] sizes) {
    int index = 0;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      index = index * (int) sizes[axis] + position[axis];
    }
    return index;
  }

  private static void advance(int[] position, long[] sizes) {
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      if (++position[axis] < sizes[axis]) {
        return;
      }
      position[axis] = 0;
    }
  }

  /**
   * Writes a tensor as float32 in C order. The file appears whole or not at all.
   *
   * @throws IOException where it cannot be written
   */
  public static void write(Tensor tensor, Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("it is a directory");
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException("there is no folder " + folder);
    }
    String name = ".%s.%x.part".formatted(file.getFileName(), System.nanoTime());
    Path temporary = folder.resolve(name);
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        write(tensor, channel);
      }
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * Writes a tensor as float32 in C order.
   *
   * @param stream stays open
   * @throws IOException where it cannot be written
   */
  public static void write(Tensor tensor, OutputStream stream) throws IOException {
    write(tensor, Channels.newChannel(stream));
  }

  private static void write(Tensor tensor, WritableByteChannel channel) throws IOException {
    writeFully(channel, head(tensor.sizes()));
    writeFully(channel, tensor.as(ElementType.FLOAT32).bytes());
  }

  private static ByteBuffer head(long[] sizes) {
    byte[] text = NumpyHeader.describe(sizes).getBytes(StandardCharsets.ISO_8859_1);
    int fixed = MAGIC.length + 2 + Short.BYTES;
    int total = (fixed + text.length + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer head = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    head.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - fixed)).put(text);
    while (head.remaining() > 1) {
      head.put((byte) ' ');
    }
    return head.put((byte) '\n').flip();
  }

  private static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
