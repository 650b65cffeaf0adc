package dev.phosphene.visualize;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.InputContract.Channels;
import dev.phosphene.model.InputContract.Layout;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.parameterization.ImageSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/**
 * Between images as they are optimized (channels first, RGB) and the tensors that the model takes
 * (its own layout, channel order and units).
 */
final class InputSpace {
  private final InputContract contract;
  private final ImageSize size;

  InputSpace(InputContract contract, ImageSize size) {
    this.contract = contract;
    this.size = size;
  }

  /**
   * The size of images that a model takes.
   *
   * @throws PhospheneException where the model leaves it open and the contract does not say
   */
  static ImageSize sizeOf(Model model, InputContract contract) {
    Value input = model.graph().value(contract.input());
    Shape shape = input.shape();
    if (!shape.isRankKnown() || shape.rank() < 2) {
      throw new PhospheneException(
          "Input \"%s\" should have a batch axis and at least one more, found %s"
              .formatted(input.name(), shape));
    }
    boolean last = contract.layout() == Layout.NHWC;
    long channels = shape.size(last ? shape.rank() - 1 : 1);
    List<Integer> spatial = new ArrayList<>();
    for (int axis = last ? 1 : 2; axis < shape.rank() - (last ? 1 : 0); axis++) {
      spatial.add(Math.toIntExact(shape.size(axis)));
    }
    if (spatial.size() == 2) {
      contract.height().ifPresent(height -> spatial.set(0, Math.toIntExact(height)));
      contract.width().ifPresent(width -> spatial.set(1, Math.toIntExact(width)));
    }
    if (channels < 1) {
      channels = contract.channelCount();
    }
    if (channels < 1 || spatial.stream().anyMatch(size -> size < 1)) {
      throw new PhospheneException(
          "The model leaves the size of its input \"%s\" open, found %s; say it with --size HEIGHTxWIDTH"
              .formatted(input.name(), shape));
    }
    return new ImageSize(Math.toIntExact(channels), spatial);
  }

  /** Name of the model's image input. */
  String input() {
    return contract.input();
  }

  private boolean channelsLast() {
    return contract.layout() == Layout.NHWC;
  }

  /** Shape of a batch of the model's input. */
  Shape modelShape(int pictures) {
    List<Long> sizes = new ArrayList<>();
    sizes.add((long) pictures);
    size.spatial().forEach(length -> sizes.add((long) length));
    sizes.add(channelsLast() ? sizes.size() : 1, (long) size.channels());
    return Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
  }

  /** Smallest value of an image in the model's units. */
  double low() {
    return bound(contract.low(), Double.POSITIVE_INFINITY, Math::min);
  }

  /** Largest value of an image in the model's units. */
  double high() {
    return bound(contract.high(), Double.NEGATIVE_INFINITY, Math::max);
  }

  private double bound(double displayBound, double start, DoubleBinaryOperator choose) {
    double bound = start;
    float[] mean = perChannel(contract.mean(), "mean");
    float[] deviation = perChannel(contract.deviation(), "deviation");
    for (int channel = 0; channel < mean.length; channel++) {
      bound = choose.applyAsDouble(bound, (displayBound - mean[channel]) / deviation[channel]);
    }
    return bound;
  }

  /** Adds the preprocessing: from display values in [0, 1] to the model's units. */
  Value preprocess(Emitter graph, Value images) {
    float[] mean = perChannel(contract.mean(), "mean");
    float[] deviation = perChannel(contract.deviation(), "deviation");
    float[] scale = new float[mean.length];
    float[] offset = new float[mean.length];
    for (int channel = 0; channel < scale.length; channel++) {
      scale[channel] = (float) ((contract.high() - contract.low()) / deviation[channel]);
      offset[channel] = (float) ((contract.low() - mean[channel]) / deviation[channel]);
    }
    long[] broadcast = new long[size.spatial().size() + 1];
    Arrays.fill(broadcast, 1);
    broadcast[0] = scale.length;
    Value scaled = graph.multiply(images, graph.constant(Tensor.of(scale, broadcast)));
    return graph.add(scaled, graph.constant(Tensor.of(offset, broadcast)));
  }

  /** Adds the way from channels first and RGB to the model's layout and order. */
  Value toModel(Emitter graph, Value images) {
    Value ordered = isReversed() ? graph.reverse(images, 1) : images;
    return channelsLast() ? graph.transpose(ordered, permutation()) : ordered;
  }

  /**
   * One input of the model as channels first and RGB.
   *
   * @throws PhospheneException where its shape is not that of one input
   */
  float[] fromModel(Tensor input) {
    if (!input.shape().equals(modelShape(1))) {
      throw new PhospheneException(
          "An input to start from should have the shape %s, found %s"
              .formatted(modelShape(1), input.shape()));
    }
    float[] given = input.toFloats();
    int channels = size.channels();
    int positions = given.length / channels;
    float[] images = new float[given.length];
    for (int channel = 0; channel < channels; channel++) {
      int from = isReversed() ? channels - 1 - channel : channel;
      for (int position = 0; position < positions; position++) {
        images[channel * positions + position] =
            given[channelsLast() ? position * channels + from : from * positions + position];
      }
    }
    return images;
  }

  private boolean isReversed() {
    return contract.channels() == Channels.BGR;
  }

  /** From channels first to channels last. */
  private int[] permutation() {
    int rank = size.spatial().size() + 2;
    int[] permutation = new int[rank];
    for (int axis = 1; axis < rank; axis++) {
      permutation[axis] = axis == rank - 1 ? 1 : axis + 1;
    }
    return permutation;
  }

  private float[] perChannel(float[] values, String what) {
    if (values.length == size.channels()) {
      return values;
    }
    if (values.length != 1) {
      throw new PhospheneException(
          "The input's %s has %d numbers and the input has %d channels; give 1 or %d"
              .formatted(what, values.length, size.channels(), size.channels()));
    }
    float[] repeated = new float[size.channels()];
    Arrays.fill(repeated, values[0]);
    return repeated;
  }
}
