package dev.phosphene.visualize;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.image.Image;
import dev.phosphene.image.Layout;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.InputContract.Channels;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.parameterization.ImageSize;
import dev.phosphene.visualize.parameterization.Parameterization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.LongStream;

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

  /** For inputs of a known shape, in the model's layout. */
  static InputSpace of(InputContract contract, Shape inputShape) {
    // An input has the size that it has, whatever size pictures for the model should be made in.
    return new InputSpace(contract, sizeOf(inputShape, Shape.unknown(), contract));
  }

  /**
   * The size of images that a model takes.
   *
   * @throws PhospheneException where the model leaves it open and the contract does not say
   */
  static ImageSize sizeOf(Model model, InputContract contract) {
    return sizeOf(model.input(contract.input()).shape(), contract.spatial(), contract);
  }

  private static ImageSize sizeOf(Shape shape, Shape sized, InputContract contract) {
    String input = contract.input();
    if (!shape.isRankKnown() || shape.rank() < 2) {
      throw new PhospheneException(
          "Input \"%s\" should have a batch axis and at least one more, found %s"
              .formatted(input, shape));
    }
    boolean last = contract.layout() == InputContract.Layout.CHANNELS_LAST;
    long channels = shape.size(last ? shape.rank() - 1 : 1);
    List<Integer> spatial = new ArrayList<>();
    for (int axis = last ? 1 : 2; axis < shape.rank() - (last ? 1 : 0); axis++) {
      spatial.add(Math.toIntExact(shape.size(axis)));
    }
    boolean isLike = sized.isRankKnown() && sized.rank() == spatial.size();
    for (int axis = 0; isLike && axis < spatial.size(); axis++) {
      if (sized.dimension(axis).isKnown()) {
        spatial.set(axis, Math.toIntExact(sized.size(axis)));
      }
    }
    if (channels < 1) {
      channels = contract.channelCount();
    }
    if (channels < 1 || spatial.stream().anyMatch(size -> size < 1)) {
      throw new PhospheneException(
          "The model leaves the size of its input \"%s\" open, found %s; say it with --size, such as --size 64 or 24x32, or that of all axes with --shape"
              .formatted(input, shape));
    }
    return new ImageSize(Math.toIntExact(channels), spatial);
  }

  /** Size of one image. */
  ImageSize size() {
    return size;
  }

  /** Name of the model's image input. */
  String input() {
    return contract.input();
  }

  private boolean channelsLast() {
    return contract.layout() == InputContract.Layout.CHANNELS_LAST;
  }

  /** Shape of a batch of the model's input. */
  Shape modelShape(int pictures) {
    List<Long> sizes = new ArrayList<>();
    sizes.add((long) pictures);
    size.spatial().forEach(length -> sizes.add((long) length));
    sizes.add(channelsLast() ? sizes.size() : 1, (long) size.channels());
    return Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
  }

  /** Shape of one image, channels first. */
  Shape imageShape() {
    return Shape.of(LongStream.concat(LongStream.of(1), Arrays.stream(size.sizes())).toArray());
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

  /** Adds the way from the model's layout and order to channels first and RGB. */
  Value fromModel(Emitter graph, Value inputs) {
    Value first = channelsLast() ? graph.transpose(inputs, inversePermutation()) : inputs;
    return isReversed() ? graph.reverse(first, 1) : first;
  }

  /**
   * One input of the model as channels first and RGB.
   *
   * @throws PhospheneException where its shape is not that of one input
   */
  float[] fromModel(Tensor input) {
    requireOneInput(input);
    float[] given = input.toFloats();
    float[] images = new float[given.length];
    for (int i = 0; i < given.length; i++) {
      images[i] = given[placeInModel(i)];
    }
    return images;
  }

  /** One image, channels first and RGB, as the model takes it. */
  Tensor toModel(float[] image) {
    float[] input = new float[image.length];
    for (int i = 0; i < image.length; i++) {
      input[placeInModel(i)] = image[i];
    }
    return Tensor.of(input, modelShape(1).sizes());
  }

  /**
   * Checks that an array can be one input of the model.
   *
   * @throws PhospheneException where its shape is another
   */
  void requireOneInput(Tensor input) {
    if (!input.shape().equals(modelShape(1))) {
      throw new PhospheneException(
          "An input of the model should have the shape %s, found %s"
              .formatted(modelShape(1), input.shape()));
    }
  }

  /** From a place in an image, channels first and RGB, to that in an input of the model. */
  private int placeInModel(int place) {
    int channels = size.channels();
    int positions = size.elements() / channels;
    int channel = place / positions;
    int position = place % positions;
    int ordered = isReversed() ? channels - 1 - channel : channel;
    return channelsLast() ? position * channels + ordered : ordered * positions + position;
  }

  /** One input of the model as an image in the units in which a parameterization has it. */
  float[] fromModel(Tensor input, Parameterization.Units units) {
    float[] image = fromModel(input);
    if (units == Parameterization.Units.DISPLAY) {
      toDisplay(image);
    }
    return image;
  }

  /** From the model's units to display values in [0, 1], in place: undoes {@link #preprocess}. */
  private void toDisplay(float[] image) {
    float[] mean = perChannel(contract.mean(), "mean");
    float[] deviation = perChannel(contract.deviation(), "deviation");
    int positions = image.length / size.channels();
    for (int i = 0; i < image.length; i++) {
      int channel = i / positions;
      double inRange = image[i] * deviation[channel] + mean[channel];
      image[i] = (float) ((inRange - contract.low()) / (contract.high() - contract.low()));
    }
  }

  /** One input as a person sees it: {@code [C, ...]} in [0, 1]; a signal in the model's units. */
  Tensor shown(Tensor input) {
    boolean signal = size.spatial().size() < 2;
    return Tensor.of(
        fromModel(input, signal ? Parameterization.Units.MODEL : Parameterization.Units.DISPLAY),
        size.sizes());
  }

  /**
   * A picture as the model takes it: its largest square or part of the input's proportions,
   * resized, in the model's colours, layout and units.
   *
   * @throws PhospheneException where the model does not take pictures
   */
  Tensor fromPicture(Image picture) {
    Image fitted = fitted(picture);
    float[] bytes = fitted.toTensor(Layout.CHANNELS_FIRST).toFloats();
    float[] image = Arrays.copyOf(bytes, size.elements());
    float[] mean = perChannel(contract.mean(), "mean");
    float[] deviation = perChannel(contract.deviation(), "deviation");
    int positions = image.length / size.channels();
    for (int i = 0; i < image.length; i++) {
      int channel = i / positions;
      double inRange = contract.low() + (contract.high() - contract.low()) * image[i];
      image[i] = (float) ((inRange - mean[channel]) / deviation[channel]);
    }
    return toModel(image);
  }

  /**
   * The part of a picture that the model sees, at the size at which it does.
   *
   * @throws PhospheneException where the model does not take pictures
   */
  Image fitted(Image picture) {
    Image resized = part(picture).resized(size.width(), size.height());
    return size.channels() == 1 ? resized.grayscale() : resized;
  }

  /**
   * The part of a picture that the model sees, as large as it is there.
   *
   * @throws PhospheneException where the model does not take pictures
   */
  Image part(Image picture) {
    if (!size.isPicture() || (size.channels() != 3 && size.channels() != 1)) {
      throw new PhospheneException(
          "The model takes inputs of size %s, which a picture cannot give; give an array"
              .formatted(size));
    }
    int width = size.width();
    int height = size.height();
    int shownWidth = (int) Math.min(picture.width(), (long) picture.height() * width / height);
    int shownHeight = (int) Math.min(picture.height(), (long) picture.width() * height / width);
    return picture.cropped(
        (picture.width() - shownWidth) / 2,
        (picture.height() - shownHeight) / 2,
        Math.max(1, shownWidth),
        Math.max(1, shownHeight));
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

  /** From channels last to channels first. */
  private int[] inversePermutation() {
    int rank = size.spatial().size() + 2;
    int[] permutation = new int[rank];
    for (int axis = 1; axis < rank; axis++) {
      permutation[axis] = axis == 1 ? rank - 1 : axis - 1;
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
