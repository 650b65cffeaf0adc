package dev.phosphene.model.onnx;

import com.google.protobuf.UnsafeByteOperations;
import dev.phosphene.graph.Emitter;
import dev.phosphene.model.onnx.proto.StringStringEntryProto;
import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Tensors as a model file holds them: within it, or declared to be elsewhere. */
final class TensorEncoder {
  private TensorEncoder() {}

  /** A tensor within the file; its bytes are not copied. */
  static TensorProto inline(String name, Tensor tensor) {
    return head(name, tensor).setRawData(UnsafeByteOperations.unsafeWrap(tensor.bytes())).build();
  }

  /** A tensor of which only the head is in the model. */
  static TensorProto.Builder elsewhere(String name, Tensor tensor, String location) {
    return head(name, tensor)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", location));
  }

  /** A tensor that lies in a file beside the model. */
  static TensorProto inFile(String name, Tensor tensor, String location, long offset) {
    return locate(head(name, tensor), location, offset, tensor.bytes().remaining()).build();
  }

  /** Declares a tensor to lie in a file. */
  static TensorProto.Builder locate(
      TensorProto.Builder tensor, String location, long offset, long length) {
    return tensor
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", location))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Long.toString(length)));
  }

  private static TensorProto.Builder head(String name, Tensor tensor) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(Emitter.onnxCode(tensor.type()))
        .addAllDims(Arrays.stream(tensor.sizes()).boxed().toList());
  }

  static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  /** Where each large tensor of a model lies in the file beside it. */
  static final class DataLayout {
    /** Tensors begin at multiples of this many bytes, the page size, so that they can be mapped. */
    private static final int ALIGNMENT = 4096;

    private final String location;
    private final List<Tensor> tensors = new ArrayList<>();
    private final List<Long> offsets = new ArrayList<>();
    private long end;

    DataLayout(String location) {
      this.location = location;
    }

    /** A tensor within the model where it is small, else in the file beside it. */
    TensorProto place(String name, Tensor tensor) {
      long length = tensor.bytes().remaining();
      if (OnnxWriter.isAttached(tensor)) {
        return inline(name, tensor);
      }
      long offset = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      tensors.add(tensor);
      offsets.add(offset);
      end = offset + length;
      return inFile(name, tensor, location, offset);
    }

    void write(FileChannel channel) throws IOException {
      for (int i = 0; i < tensors.size(); i++) {
        ByteBuffer bytes = tensors.get(i).bytes();
        for (long position = offsets.get(i); bytes.hasRemaining(); ) {
          position += channel.write(bytes, position);
        }
      }
    }
  }
}
