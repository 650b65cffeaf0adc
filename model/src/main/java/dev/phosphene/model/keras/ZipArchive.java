package dev.phosphene.model.keras;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.keras.hdf.Region;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The directory of a ZIP archive, and its entries where they lie: Keras stores weights without
 * compression, so that they can be mapped without being copied, which {@code java.util.zip} cannot
 * do. Nothing is ever extracted to a file.
 */
final class ZipArchive {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_SIZE = 22;
  private static final int LARGE_LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LARGE_LOCATOR_SIZE = 20;
  private static final int LARGE_END_SIGNATURE = 0x06064b50;
  private static final int LARGE_END_SIZE = 56;
  private static final int ENTRY_SIGNATURE = 0x02014b50;
  private static final int ENTRY_SIZE = 46;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int LOCAL_SIZE = 30;
  private static final int LARGE_EXTRA = 1;
  private static final long IN_EXTRA = 0xffffffffL;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int ENCRYPTED = 1;

  /** Bytes of a directory; one of Keras has three entries. */
  private static final long LARGEST_DIRECTORY = 16 << 20;

  /** Expansion beyond which an entry is taken for an attack; weights hardly compress. */
  private static final long MOST_EXPANSION = 100;

  private static final long ALWAYS_ALLOWED = 64 << 20;

  private final FileChannel channel;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private record Entry(String name, int flags, int method, long stored, long size, long offset) {}

  /**
   * Reads the directory of an archive.
   *
   * @throws PhospheneException where it is damaged
   */
  ZipArchive(FileChannel channel) throws IOException {
    this.channel = channel;
    readDirectory();
  }

  Set<String> names() {
    return entries.keySet();
  }

  /**
   * The content of an entry, where it lies if it is not compressed, else in memory; empty where
   * there is no such entry.
   *
   * @throws PhospheneException where it is damaged, or is larger in memory than it can be in
   *     earnest
   */
  Optional<Region> region(String name) throws IOException {
    Entry entry = entries.get(name);
    return entry == null ? Optional.empty() : Optional.of(region(entry));
  }

  private Region region(Entry entry) throws IOException {
    if ((entry.flags() & ENCRYPTED) != 0) {
      throw new PhospheneException("\"%s\" in it is encrypted".formatted(entry.name()));
    }
    ByteBuffer local = read(entry.offset(), LOCAL_SIZE);
    if (local.getInt(0) != LOCAL_SIGNATURE) {
      throw damaged();
    }
    long start =
        entry.offset()
            + LOCAL_SIZE
            + Short.toUnsignedInt(local.getShort(26))
            + Short.toUnsignedInt(local.getShort(28));
    if (start > channel.size() - entry.stored()) {
      throw damaged();
    }
    if (entry.method() == STORED && entry.size() == entry.stored()) {
      return new Region.InFile(channel, start, entry.size());
    } else if (entry.method() == DEFLATED) {
      return new Region.InMemory(inflate(entry, start));
    }
    throw new PhospheneException(
        "\"%s\" in it is compressed by a method (%d) that is not supported; save the model again"
            .formatted(entry.name(), entry.method()));
  }

  private byte[] inflate(Entry entry, long start) throws IOException {
    boolean isExpanded =
        entry.size() > ALWAYS_ALLOWED && entry.size() / MOST_EXPANSION > entry.stored();
    if (isExpanded || entry.size() > Integer.MAX_VALUE - 8 || entry.stored() > Integer.MAX_VALUE) {
      throw new PhospheneException(
          "\"%s\" in it would grow from %d to %d bytes, too many; save the model again"
              .formatted(entry.name(), entry.stored(), entry.size()));
    }
    ByteBuffer compressed = channel.map(FileChannel.MapMode.READ_ONLY, start, entry.stored());
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(compressed);
      byte[] content = new byte[(int) entry.size()];
      int filled = 0;
      while (filled < content.length) {
        int count = inflater.inflate(content, filled, content.length - filled);
        if (count == 0 && (inflater.finished() || inflater.needsInput())) {
          throw damaged();
        }
        filled += count;
      }
      return content;
    } catch (DataFormatException e) {
      throw damaged();
    } finally {
      inflater.end();
    }
  }

  private void readDirectory() throws IOException {
    long length = channel.size();
    int tail = (int) Math.min(length, END_SIZE + 0xffff);
    ByteBuffer end = read(length - tail, tail);
    int at = tail - END_SIZE;
    while (at >= 0 && end.getInt(at) != END_SIGNATURE) {
      at--;
    }
    if (at < 0) {
      throw damaged();
    }
    long size = Integer.toUnsignedLong(end.getInt(at + 12));
    long offset = Integer.toUnsignedLong(end.getInt(at + 16));
    if ((size == IN_EXTRA || offset == IN_EXTRA) && at >= LARGE_LOCATOR_SIZE) {
      int locator = at - LARGE_LOCATOR_SIZE;
      if (end.getInt(locator) != LARGE_LOCATOR_SIGNATURE) {
        throw damaged();
      }
      ByteBuffer large = read(end.getLong(locator + 8), LARGE_END_SIZE);
      if (large.getInt(0) != LARGE_END_SIGNATURE) {
        throw damaged();
      }
      size = large.getLong(40);
      offset = large.getLong(48);
    }
    if (size < 0 || size > LARGEST_DIRECTORY) {
      throw damaged();
    }
    readEntries(read(offset, (int) size));
  }

  private void readEntries(ByteBuffer directory) {
    while (directory.remaining() >= ENTRY_SIZE) {
      int at = directory.position();
      if (directory.getInt(at) != ENTRY_SIGNATURE) {
        throw damaged();
      }
      int nameLength = Short.toUnsignedInt(directory.getShort(at + 28));
      int extraLength = Short.toUnsignedInt(directory.getShort(at + 30));
      int commentLength = Short.toUnsignedInt(directory.getShort(at + 32));
      int end = at + ENTRY_SIZE + nameLength + extraLength + commentLength;
      if (end > directory.limit()) {
        throw damaged();
      }
      byte[] name = new byte[nameLength];
      directory.get(at + ENTRY_SIZE, name);
      ByteBuffer extra =
          directory.slice(at + ENTRY_SIZE + nameLength, extraLength).order(ByteOrder.LITTLE_ENDIAN);
      Entry entry = entry(new String(name, StandardCharsets.UTF_8), directory, at, extra);
      if (entries.put(entry.name(), entry) != null) {
        throw new PhospheneException("two entries in it are called \"%s\"".formatted(entry.name()));
      }
      directory.position(end);
    }
  }

  private static Entry entry(String name, ByteBuffer directory, int at, ByteBuffer extra) {
    long stored = Integer.toUnsignedLong(directory.getInt(at + 20));
    long size = Integer.toUnsignedLong(directory.getInt(at + 24));
    long offset = Integer.toUnsignedLong(directory.getInt(at + 42));
    ByteBuffer large = largeNumbers(extra);
    // Of these three, the extra field has those that do not fit, in this order.
    size = size == IN_EXTRA ? next(large) : size;
    stored = stored == IN_EXTRA ? next(large) : stored;
    offset = offset == IN_EXTRA ? next(large) : offset;
    if (size < 0 || stored < 0 || offset < 0) {
      throw damaged();
    }
    int flags = Short.toUnsignedInt(directory.getShort(at + 8));
    int method = Short.toUnsignedInt(directory.getShort(at + 10));
    return new Entry(name, flags, method, stored, size, offset);
  }

  private static ByteBuffer largeNumbers(ByteBuffer extra) {
    while (extra.remaining() >= 4) {
      int kind = Short.toUnsignedInt(extra.getShort());
      int length = Short.toUnsignedInt(extra.getShort());
      if (length > extra.remaining()) {
        throw damaged();
      }
      if (kind == LARGE_EXTRA) {
        return extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
      }
      extra.position(extra.position() + length);
    }
    return ByteBuffer.allocate(0);
  }

  private static long next(ByteBuffer numbers) {
    if (numbers.remaining() < Long.BYTES) {
      throw damaged();
    }
    return numbers.getLong();
  }

  private ByteBuffer read(long offset, int length) throws IOException {
    if (offset < 0 || length < 0 || offset > channel.size() - length) {
      throw damaged();
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    new Region.InFile(channel, 0, channel.size()).read(bytes, offset);
    if (bytes.hasRemaining()) {
      throw damaged();
    }
    return bytes.flip();
  }

  private static PhospheneException damaged() {
    return new PhospheneException("it is a damaged ZIP archive; is it complete?");
  }
}
