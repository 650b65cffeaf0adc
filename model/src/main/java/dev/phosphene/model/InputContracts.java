package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Value;
import dev.phosphene.model.InputContract.Channels;
import dev.phosphene.model.InputContract.Layout;
import dev.phosphene.model.InputContract.Part;
import dev.phosphene.model.InputContract.Source;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out what a model expects at its input. */
final class InputContracts {
  /** ImageNet's colour statistics on [0, 1], which torchvision's models were trained with. */
  private static final float[] IMAGENET_MEAN = {0.485f, 0.456f, 0.406f};

  private static final float[] IMAGENET_DEVIATION = {0.229f, 0.224f, 0.225f};

  private InputContracts() {}

  /**
   * The contract of a graph, as noted, and assumed where nothing is.
   *
   * @param input that is looked at, with all that is known of its shape
   * @param notes the weakest first
   * @throws dev.phosphene.graph.PhospheneException where the notes do not fit the input
   */
  static InputContract of(Graph graph, Value input, List<ModelNotes> notes) {
    InputContract contract = assumed(input, Embedding.of(graph, input.name()));
    for (ModelNotes note : notes) {
      contract = note.apply(contract);
    }
    return contract;
  }

  private static InputContract assumed(Value input, Optional<Embedding> embedding) {
    Shape shape = input.shape();
    Layout layout = layout(input);
    Map<Part, Source> sources = new EnumMap<>(Part.class);
    sources.put(Part.LAYOUT, Source.SHAPE);
    sources.put(Part.RANGE, Source.ASSUMED);
    sources.put(Part.MEAN, Source.ASSUMED);
    sources.put(Part.DEVIATION, Source.ASSUMED);
    sources.put(Part.SIZE, Source.SHAPE);
    Channels channels = channels(shape, layout);
    boolean colour = channels == Channels.RGB;
    sources.put(Part.CHANNELS, colour ? Source.ASSUMED : Source.SHAPE);
    if (embedding.isPresent() && embedding.get().isLookup()) {
      return tokens(input, embedding.get(), sources);
    }
    boolean torchvision =
        colour && layout == Layout.CHANNELS_FIRST && input.type() != ElementType.UINT8;
    return new InputContract(
        input.name(),
        layout,
        channels,
        input.type() != ElementType.UINT8 && isAroundZero(colour, layout, shape) ? -1 : 0,
        input.type() == ElementType.UINT8 ? 255 : 1,
        torchvision ? IMAGENET_MEAN : new float[] {0},
        torchvision ? IMAGENET_DEVIATION : new float[] {1},
        shape,
        sources);
  }

  /** Rows of a table have numbers, from 0. */
  private static InputContract tokens(Value input, Embedding embedding, Map<Part, Source> sources) {
    sources.put(Part.RANGE, Source.MODEL);
    sources.put(Part.CHANNELS, Source.SHAPE);
    return new InputContract(
        input.name(),
        Layout.CHANNELS_FIRST,
        Channels.OTHER,
        0,
        Math.max(1, embedding.entries() - 1),
        new float[] {0},
        new float[] {1},
        input.shape(),
        sources);
  }

  /**
   * Whether [-1, 1] is assumed rather than [0, 1]: Keras' applications scale pictures to it where
   * they do not say otherwise, and signals (sound, acceleration, electrocardiograms) go both ways.
   * Volumes, like pictures, are intensities.
   */
  private static boolean isAroundZero(boolean colour, Layout layout, Shape shape) {
    boolean isSignal = shape.isRankKnown() && shape.rank() == 3;
    return isSignal || (colour && layout == Layout.CHANNELS_LAST);
  }

  /**
   * Axis 1 or the last one has the channels, whichever first has 1, 3 or 4 elements. Otherwise the
   * last has them where axis 1 is left open and the last is not, and for signals and volumes, which
   * have fewer channels than positions, where it is the shorter one. Axis 1 has them in all other
   * cases, as most networks in ONNX files come from PyTorch.
   */
  private static Layout layout(Value input) {
    Shape shape = input.shape();
    if (!shape.isRankKnown() || shape.rank() < 3 || isChannels(input, 1)) {
      return Layout.CHANNELS_FIRST;
    }
    int last = shape.rank() - 1;
    boolean isOpen = !shape.dimension(1).isKnown();
    boolean isShorter =
        shape.rank() != 4 && shape.dimension(last).isKnown() && shape.size(last) < shape.size(1);
    boolean isOnlyKnown = isOpen && shape.dimension(last).isKnown();
    return isChannels(input, last) || isOnlyKnown || isShorter
        ? Layout.CHANNELS_LAST
        : Layout.CHANNELS_FIRST;
  }

  private static boolean isChannels(Value input, int axis) {
    long size = input.shape().size(axis);
    return size == 3 || size == 1 || size == 4;
  }

  private static Channels channels(Shape shape, Layout layout) {
    if (!shape.isRankKnown() || shape.rank() != 4) {
      return Channels.OTHER;
    }
    long size = shape.size(layout == Layout.CHANNELS_FIRST ? 1 : 3);
    return size == 3 ? Channels.RGB : size == 1 ? Channels.GRAY : Channels.OTHER;
  }
}
