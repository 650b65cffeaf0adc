package dev.phosphene.model.keras.hdf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A region as jHDF reads it: read-only, and with a bound on the work, since structures of a hostile
 * file can refer to each other in circles.
 */
final class BoundedChannel extends FileChannel {
  /** Reads of one file; a model of five thousand weights takes a hundred thousand. */
  private static final long MOST_READS = 1_000_000;

  /** Bytes read of one file, beside its size: structures are read more than once. */
  private static final long BYTES_BESIDE_SIZE = 64L << 20;

  private final Region region;
  private long position;
  private long reads;
  private long bytes;

  BoundedChannel(Region region) {
    this.region = region;
  }

  /** More was read than the file can be worth. */
  static final class ExhaustedException extends IOException {
    ExhaustedException() {
      super("its structures refer to each other without end");
    }
  }

  @Override
  public int read(ByteBuffer target, long from) throws IOException {
    if (from < 0 || from >= region.size()) {
      return -1;
    }
    int before = target.position();
    region.read(target, from);
    int count = target.position() - before;
    reads++;
    bytes += count;
    if (reads > MOST_READS || bytes > BYTES_BESIDE_SIZE + 4 * region.size()) {
      throw new ExhaustedException();
    }
    return count;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int count = read(target, position);
    position += Math.max(count, 0);
    return count;
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long from, long size) throws IOException {
    if (from < 0 || size < 0 || from > region.size() - size) {
      throw new IndexOutOfBoundsException("it is cut short");
    }
    return region.map(from, size);
  }

  @Override
  public long size() {
    return region.size();
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public FileChannel position(long other) {
    position = other;
    return this;
  }

  @Override
  public void force(boolean metadata) {}

  @Override
  protected void implCloseChannel() {}

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    throw new UnsupportedOperationException("Scattering reads");
  }

  @Override
  public long transferTo(long from, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException("Transfers");
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public int write(ByteBuffer source, long from) {
    throw new NonWritableChannelException();
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw new NonWritableChannelException();
  }

  @Override
  public FileChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long from, long count) {
    throw new NonWritableChannelException();
  }

  @Override
  public FileLock lock(long from, long size, boolean shared) {
    throw new UnsupportedOperationException("Locks");
  }

  @Override
  public FileLock tryLock(long from, long size, boolean shared) {
    throw new UnsupportedOperationException("Locks");
  }
}
