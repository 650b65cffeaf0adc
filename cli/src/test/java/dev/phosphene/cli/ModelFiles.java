package dev.phosphene.cli;

import com.google.protobuf.ByteString;
import dev.phosphene.model.onnx.proto.AttributeProto;
import dev.phosphene.model.onnx.proto.GraphProto;
import dev.phosphene.model.onnx.proto.ModelProto;
import dev.phosphene.model.onnx.proto.NodeProto;
import dev.phosphene.model.onnx.proto.OperatorSetIdProto;
import dev.phosphene.model.onnx.proto.StringStringEntryProto;
import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.model.onnx.proto.TensorShapeProto;
import dev.phosphene.model.onnx.proto.TypeProto;
import dev.phosphene.model.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;

/**
 * ONNX files of a tiny classifier, as it should be and with things that go wrong.
 *
 * <p>{@code image [N, 3, 16, 16] -> features.conv -> features.relu -> pool -> flatten -> classifier
 * -> softmax [N, 4]}, and {@code brightness}, one number. The range of the image is not noted.
 */
final class ModelFiles {
  static final int SIDE = 16;
  static final int FILTERS = 6;
  static final int CLASSES = 4;

  /** What ONNX numbers float32 by. */
  private static final int FLOAT32 = 1;

  private ModelFiles() {}

  /** The classifier, sound. */
  static Path classifier(Path file) throws IOException {
    return write(model(graph("Relu", "")), file);
  }

  /**
   * The classifier for inputs of other sizes.
   *
   * @param channels of the input
   * @param spatial sizes of its other axes, one to three
   */
  static Path classifier(Path file, int channels, int... spatial) throws IOException {
    long[] input = new long[spatial.length + 2];
    long[] kernel = new long[spatial.length + 2];
    Arrays.fill(kernel, 3);
    input[0] = -1;
    input[1] = channels;
    kernel[0] = FILTERS;
    kernel[1] = channels;
    for (int axis = 0; axis < spatial.length; axis++) {
      input[axis + 2] = spatial[axis];
    }
    GraphProto.Builder graph = graph("Relu", "");
    graph.setInput(0, value("image", input));
    graph.setInitializer(0, weights("features.conv.weight", new Random(5), kernel));
    AttributeProto.Builder pads = graph.getNodeBuilder(0).getAttributeBuilder(0);
    pads.clearInts().addAllInts(Collections.nCopies(2 * spatial.length, 1L));
    return write(model(graph), file);
  }

  /** The classifier with an operator that no one knows in the place of its Relu. */
  static Path withUnknownOperator(Path file) throws IOException {
    return write(model(graph("Mystery", "com.example")), file);
  }

  /** The classifier with the weights of its convolution in another file, which is not written. */
  static Path withExternalWeights(Path file, String location) throws IOException {
    GraphProto.Builder graph = graph("Relu", "");
    TensorProto inline = graph.getInitializer(0);
    graph.setInitializer(
        0,
        inline.toBuilder()
            .clearRawData()
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(
                StringStringEntryProto.newBuilder().setKey("location").setValue(location)));
    return write(model(graph), file);
  }

  private static Path write(ModelProto.Builder model, Path file) throws IOException {
    return Files.write(file, model.build().toByteArray());
  }

  private static ModelProto.Builder model(GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setProducerName("tests")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.example").setVersion(1))
        .setGraph(graph);
  }

  private static GraphProto.Builder graph(String activation, String domain) {
    Random random = new Random(5);
    return GraphProto.newBuilder()
        .setName("classifier")
        .addInput(value("image", -1, 3, SIDE, SIDE))
        .addOutput(value("probabilities", -1, CLASSES))
        .addOutput(value("brightness"))
        .addInitializer(weights("features.conv.weight", random, FILTERS, 3, 3, 3))
        .addInitializer(weights("classifier.weight", random, FILTERS, CLASSES))
        .addInitializer(weights("classifier.bias", random, CLASSES))
        .addNode(
            node("Conv", "/features/conv/Conv", "convolved", "image", "features.conv.weight")
                .addAttribute(
                    AttributeProto.newBuilder()
                        .setName("pads")
                        .setType(AttributeProto.AttributeType.INTS)
                        .addAllInts(Arrays.asList(1L, 1L, 1L, 1L))))
        .addNode(
            node(activation, "/features/relu/" + activation, "activated", "convolved")
                .setDomain(domain))
        .addNode(
            node("ReduceMean", "/brightness/ReduceMean", "brightness", "activated")
                .addAttribute(
                    AttributeProto.newBuilder()
                        .setName("keepdims")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(0)))
        .addNode(node("GlobalAveragePool", "/pool/GlobalAveragePool", "pooled", "activated"))
        .addNode(node("Flatten", "/flatten/Flatten", "flat", "pooled"))
        .addNode(
            node(
                "Gemm",
                "/classifier/Gemm",
                "logits",
                "flat",
                "classifier.weight",
                "classifier.bias"))
        .addNode(node("Softmax", "/softmax/Softmax", "probabilities", "logits"));
  }

  private static NodeProto.Builder node(
      String operator, String name, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(name)
        .addAllInput(Arrays.asList(inputs))
        .addOutput(output);
  }

  private static ValueInfoProto value(String name, long... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
      shape.addDim(size < 0 ? dimension.setDimParam("N") : dimension.setDimValue(size));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(FLOAT32).setShape(shape)))
        .build();
  }

  private static TensorProto weights(String name, Random random, long... sizes) {
    int count = (int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putFloat((float) random.nextGaussian() * 0.5f);
    }
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(FLOAT32)
            .setRawData(ByteString.copyFrom(bytes.array()));
    Arrays.stream(sizes).forEach(tensor::addDims);
    return tensor.build();
  }
}
