package dev.phosphene.model.keras.hdf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;

/** Bytes of an HDF5 file, wherever they lie. */
public sealed interface Region {
  /** Number of bytes. */
  long size();

  /** Reads as much as fits into a buffer, from a position that is within the region. */
  void read(ByteBuffer target, long position) throws IOException;

  /**
   * Some of the bytes, mapped.
   *
   * @throws UnsupportedOperationException where they do not lie in a file as they are
   */
  MappedByteBuffer map(long position, long size) throws IOException;

  /** A part of a file, such as an entry of an archive that is not compressed. */
  record InFile(FileChannel channel, long offset, long size) implements Region {
    @Override
    public void read(ByteBuffer target, long position) throws IOException {
      int limit = target.limit();
      target.limit((int) Math.min(limit, target.position() + size - position));
      for (int count = 0; target.hasRemaining() && count >= 0; ) {
        count = channel.read(target, offset + position);
        position += Math.max(count, 0);
      }
      target.limit(limit);
    }

    @Override
    public MappedByteBuffer map(long position, long length) throws IOException {
      return channel.map(FileChannel.MapMode.READ_ONLY, offset + position, length);
    }
  }

  /** Bytes that had to be decompressed. */
  record InMemory(byte[] bytes) implements Region {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public void read(ByteBuffer target, long position) {
      int count = (int) Math.min(target.remaining(), bytes.length - position);
      target.put(bytes, (int) position, count);
    }

    @Override
    public MappedByteBuffer map(long position, long length) {
      throw new UnsupportedOperationException("These bytes lie in memory");
    }
  }
}
