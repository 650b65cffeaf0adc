package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.model.InputContract.Channels;
import dev.phosphene.model.InputContract.Layout;
import dev.phosphene.model.InputContract.Part;
import dev.phosphene.model.InputContract.Source;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Finds out what a model expects at its input. */
final class InputContracts {
  /** ImageNet's colour statistics on [0, 1], which torchvision's models were trained with. */
  private static final float[] IMAGENET_MEAN = {0.485f, 0.456f, 0.406f};

  private static final float[] IMAGENET_DEVIATION = {0.229f, 0.224f, 0.225f};

  private InputContracts() {}

  /**
   * The contract of a graph, as noted, and assumed where nothing is.
   *
   * @param notes the weakest first
   * @throws PhospheneException where no input can take pictures
   */
  static InputContract of(Graph graph, String model, List<ModelNotes> notes) {
    InputContract contract = assumed(imageInput(graph, model));
    for (ModelNotes note : notes) {
      contract = note.apply(contract);
    }
    return contract;
  }

  /** The input that most looks like a batch of pictures. */
  private static Value imageInput(Graph graph, String model) {
    return graph.inputs().stream()
        .filter(input -> input.type().isFloating() || input.type() == ElementType.UNKNOWN)
        .max(Comparator.comparingInt(InputContracts::resemblance))
        .orElseThrow(
            () ->
                new PhospheneException(
                    "Model %s has no input of floating-point numbers that could take a picture: %s"
                        .formatted(
                            model, graph.inputs().isEmpty() ? "it has no input" : graph.inputs())));
  }

  private static int resemblance(Value input) {
    if (!input.shape().isRankKnown()) {
      return 0;
    }
    boolean image = input.shape().rank() == 4;
    return (image ? 2 : 0) + (layout(input.shape()) == Layout.OTHER ? 0 : 1);
  }

  private static InputContract assumed(Value input) {
    Shape shape = input.shape();
    Layout layout = layout(shape);
    Map<Part, Source> sources = new EnumMap<>(Part.class);
    sources.put(Part.LAYOUT, Source.SHAPE);
    sources.put(Part.RANGE, Source.ASSUMED);
    sources.put(Part.MEAN, Source.ASSUMED);
    sources.put(Part.DEVIATION, Source.ASSUMED);
    sources.put(Part.SIZE, Source.SHAPE);
    Channels channels = channels(shape, layout);
    sources.put(Part.CHANNELS, channels == Channels.RGB ? Source.ASSUMED : Source.SHAPE);
    boolean colour = channels == Channels.RGB;
    boolean torchvision = colour && layout == Layout.NCHW;
    return new InputContract(
        input.name(),
        layout,
        channels,
        // Keras' applications scale to [-1, 1] where they do not say otherwise.
        colour && layout == Layout.NHWC ? -1 : 0,
        1,
        torchvision ? IMAGENET_MEAN : new float[] {0},
        torchvision ? IMAGENET_DEVIATION : new float[] {1},
        size(shape, layout, 0),
        size(shape, layout, 1),
        sources);
  }

  /** Axis 1 or the last one has the channels if its size is that of a picture. */
  private static Layout layout(Shape shape) {
    if (!shape.isRankKnown() || shape.rank() != 4) {
      return Layout.OTHER;
    }
    if (isChannels(shape.size(1))) {
      return Layout.NCHW;
    } else if (isChannels(shape.size(3))) {
      return Layout.NHWC;
    }
    return shape.dimension(1).isKnown() ? Layout.NCHW : Layout.OTHER;
  }

  private static boolean isChannels(long size) {
    return size == 3 || size == 1 || size == 4;
  }

  private static Channels channels(Shape shape, Layout layout) {
    long size =
        switch (layout) {
          case NCHW -> shape.size(1);
          case NHWC -> shape.size(3);
          case OTHER -> -1;
        };
    return size == 3 ? Channels.RGB : size == 1 ? Channels.GRAY : Channels.OTHER;
  }

  private static OptionalLong size(Shape shape, Layout layout, int spatialAxis) {
    long size =
        switch (layout) {
          case NCHW -> shape.size(2 + spatialAxis);
          case NHWC -> shape.size(1 + spatialAxis);
          case OTHER -> -1;
        };
    return size > 0 ? OptionalLong.of(size) : OptionalLong.empty();
  }
}
