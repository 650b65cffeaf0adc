package dev.phosphene.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jcodec.codecs.h264.H264Encoder;
import org.jcodec.codecs.h264.encode.RateControl;
import org.jcodec.codecs.h264.io.model.SeqParameterSet;
import org.jcodec.codecs.h264.io.model.SliceType;
import org.jcodec.codecs.h264.io.model.VUIParameters;
import org.jcodec.common.Codec;
import org.jcodec.common.MuxerTrack;
import org.jcodec.common.VideoCodecMeta;
import org.jcodec.common.VideoEncoder.EncodedFrame;
import org.jcodec.common.io.ByteBufferSeekableByteChannel;
import org.jcodec.common.model.ColorSpace;
import org.jcodec.common.model.Packet;
import org.jcodec.common.model.Packet.FrameType;
import org.jcodec.common.model.Picture;
import org.jcodec.common.model.Size;
import org.jcodec.containers.mp4.muxer.MP4Muxer;

/**
 * Films: MP4 files with H.264 pictures of constant quality, and the recipe in a box of its own at
 * their end. The same frames give the same bytes.
 *
 * <p>Sides are even, as four pixels share a colour: an odd one gets its last pixels once more.
 */
final class Mp4File {
  /** The 16 bytes that tell our box from those of others. */
  private static final byte[] IDENTITY = "phosphene recipe".getBytes(StandardCharsets.US_ASCII);

  /**
   * The quantization of H.264, 0 to 51. From 14 on, this encoder leaves a tint in dark areas of one
   * colour, which sheets are full of; files of 20 are a quarter smaller.
   */
  private static final int QUANTIZATION = 12;

  /** Halves the precision. */
  private static final int COARSER = 6;

  private static final int COARSEST = 51;

  /** A film can be entered at every frame of this distance. */
  private static final int KEY_INTERVAL = 25;

  /** What the library takes off its numbers, to have them in signed bytes. */
  private static final int ZERO = 128;

  private static final int MILLISECONDS = 1000;

  /** The level of H.264 with room for pictures of 4096 x 2304 pixels. */
  private static final int LEVEL = 51;

  /** Numbers of ITU-T H.273: the primaries of sRGB, its transfer, and the matrix of JPEG. */
  private static final int PRIMARIES = 1;

  private static final int TRANSFER = 13;
  private static final int MATRIX = 6;
  private static final int UNSPECIFIED_FORMAT = 5;

  private Mp4File() {}

  static byte[] encode(List<Image> frames, int delayMilliseconds, String recipe) {
    int width = frames.get(0).width() + frames.get(0).width() % 2;
    int height = frames.get(0).height() + frames.get(0).height() % 2;
    List<Packet> packets = packets(frames, new Size(width, height), delayMilliseconds);
    long pictures = packets.stream().mapToLong(packet -> packet.getData().remaining()).sum();
    ByteBuffer film = ByteBuffer.allocate(Math.toIntExact(pictures + tables(frames.size())));
    ByteBufferSeekableByteChannel channel = ByteBufferSeekableByteChannel.writeToByteBuffer(film);
    try {
      MP4Muxer muxer = MP4Muxer.createMP4MuxerToChannel(channel);
      VideoCodecMeta meta =
          VideoCodecMeta.createSimpleVideoCodecMeta(new Size(width, height), ColorSpace.YUV420J);
      MuxerTrack track = muxer.addVideoTrack(Codec.H264, meta);
      for (Packet packet : packets) {
        track.addFrame(packet);
      }
      muxer.finish();
      byte[] file = Arrays.copyOf(film.array(), (int) channel.size());
      Mp4Boxes.removeTimes(file);
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      whole.writeBytes(file);
      if (!recipe.isEmpty()) {
        whole.writeBytes(Mp4Boxes.box(IDENTITY, recipe));
      }
      return whole.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException("Encoding in memory failed", e);
    }
  }

  /** Bytes of all boxes beside the pictures, at most. */
  private static long tables(int frames) {
    return (1 << 14) + 64L * frames;
  }

  /** Of constant quality: the best that the encoder, which takes one byte a pixel, has room for. */
  private static List<Packet> packets(List<Image> frames, Size size, int delayMilliseconds) {
    for (int quantization = QUANTIZATION; ; quantization += COARSER) {
      try {
        return packets(frames, size, Math.max(1, delayMilliseconds), quantization);
      } catch (BufferOverflowException e) { // frames of noise
        if (quantization + COARSER > COARSEST) {
          throw e;
        }
      }
    }
  }

  private static List<Packet> packets(List<Image> frames, Size size, int delay, int quantization) {
    H264Encoder encoder = new Encoder(quantization);
    encoder.setKeyInterval(KEY_INTERVAL);
    Picture planes = Picture.create(size.getWidth(), size.getHeight(), ColorSpace.YUV420J);
    ByteBuffer encoded = ByteBuffer.allocate((1 << 16) + 2 * size.getWidth() * size.getHeight());
    List<Packet> packets = new ArrayList<>();
    for (Image frame : frames) {
      fill(planes, frame);
      encoded.clear();
      EncodedFrame picture = encoder.encodeFrame(planes, encoded);
      byte[] data = new byte[picture.getData().remaining()];
      picture.getData().get(data);
      packets.add(
          Packet.createPacket(
              ByteBuffer.wrap(data),
              (long) packets.size() * delay,
              MILLISECONDS,
              delay,
              packets.size(),
              picture.isKeyFrame() ? FrameType.KEY : FrameType.INTER,
              null));
    }
    return packets;
  }

  /**
   * Brightness of each pixel and colours of each four, in the numbers of JPEG (ITU-T T.871, section
   * 7). The conversion of the library weighs blue by half, which makes white yellowish.
   */
  private static void fill(Picture planes, Image frame) {
    int width = planes.getWidth();
    int height = planes.getHeight();
    double[] blueness = new double[width * height / 4];
    double[] redness = new double[width * height / 4];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int pixel = frame.pixel(Math.min(x, frame.width() - 1), Math.min(y, frame.height() - 1));
        int red = (pixel >> 16) & 0xFF;
        int green = (pixel >> 8) & 0xFF;
        int blue = pixel & 0xFF;
        double brightness = 0.299 * red + 0.587 * green + 0.114 * blue;
        planes.getPlaneData(0)[y * width + x] = (byte) (Math.round(brightness) - ZERO);
        int four = y / 2 * (width / 2) + x / 2;
        blueness[four] += (blue - brightness) / 1.772 / 4;
        redness[four] += (red - brightness) / 1.402 / 4;
      }
    }
    for (int four = 0; four < blueness.length; four++) {
      planes.getPlaneData(1)[four] = (byte) Math.min(127, Math.round(blueness[four]));
      planes.getPlaneData(2)[four] = (byte) Math.min(127, Math.round(redness[four]));
    }
  }

  /** Says what the numbers mean, which players would otherwise guess from the picture's size. */
  private static final class Encoder extends H264Encoder {
    Encoder(int quantization) {
      super(new ConstantQuality(quantization));
    }

    @Override
    public SeqParameterSet initSPS(Size size) {
      SeqParameterSet parameters = super.initSPS(size);
      VUIParameters colours = new VUIParameters();
      colours.videoSignalTypePresentFlag = true;
      colours.videoFormat = UNSPECIFIED_FORMAT;
      colours.videoFullRangeFlag = true;
      colours.colourDescriptionPresentFlag = true;
      colours.colourPrimaries = PRIMARIES;
      colours.transferCharacteristics = TRANSFER;
      colours.matrixCoefficients = MATRIX;
      parameters.vuiParams = colours;
      parameters.levelIdc = LEVEL;
      return parameters;
    }
  }

  private record ConstantQuality(int quantization) implements RateControl {
    @Override
    public int startPicture(Size size, int mostBytes, SliceType type) {
      return quantization;
    }

    @Override
    public int initialQpDelta() {
      return 0;
    }

    @Override
    public int accept(int bits) {
      return 0;
    }
  }

  static Optional<String> recipe(Path file) {
    byte[] bytes = ImageFile.bytes(file);
    try {
      return Mp4Boxes.text(bytes, IDENTITY);
    } catch (MalformedFileException e) {
      throw ImageFile.malformed(file, e);
    }
  }
}
