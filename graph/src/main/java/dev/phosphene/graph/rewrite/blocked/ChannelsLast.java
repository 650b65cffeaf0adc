package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Values {@code [..., C]} of a transformer, whose channels are their last axis, in the blocked
 * layout: which are there already, and in which form.
 *
 * <p>Their <i>rows</i>, all but the last axis, take the part of the positions of a picture: such a
 * value is <i>flat</i> as {@code [N, C, rows/N, 1]}, where N is the number of pictures if it came
 * from values whose channels are the second axis, and 1 otherwise. C is a multiple of the block
 * size B. Values {@code [..., 1]}, one number a row, have that number B times: {@code [N, B,
 * rows/N, 1]}.
 */
final class ChannelsLast {
  private final BlockedDraft draft;
  private final Map<String, Value> flats = new HashMap<>();
  private final Map<String, Value> joined = new HashMap<>();
  private final Map<String, PointwiseConvolution> convolutions = new HashMap<>();

  ChannelsLast(BlockedDraft draft) {
    this.draft = draft;
  }

  boolean isBlocked(String name) {
    return flats.containsKey(name);
  }

  /** Whether a value is there as {@link #joined}. */
  boolean isJoined(String name) {
    return joined.containsKey(name);
  }

  /** Whether a value is {@code [..., C]} with whole blocks of channels. */
  boolean isShaped(String name) {
    return isKnown(name) && channels(name) % draft.block() == 0;
  }

  /** Whether a value is {@code [..., 1]}, one number a row. */
  boolean isRowwise(String name) {
    return isKnown(name) && channels(name) == 1;
  }

  private boolean isKnown(String name) {
    Value value = draft.original(name);
    return value.type() == ElementType.FLOAT32
        && value.shape().isStatic()
        && value.rank() >= 2
        && value.shape().elements() > 0;
  }

  long channels(String name) {
    long[] sizes = draft.sizes(name);
    return sizes[sizes.length - 1];
  }

  long rows(String name) {
    long[] sizes = draft.sizes(name);
    return LongStream.of(sizes).limit(sizes.length - 1L).reduce(1, Math::multiplyExact);
  }

  /** How many pictures the positions of a value that is there are of. */
  long pictures(String name) {
    return flats.get(name).size(0);
  }

  /** Whether a value is there for so many pictures, or can be brought there. */
  boolean isBlockable(String name, long pictures) {
    return isBlocked(name)
        ? pictures(name) == pictures
        : isShaped(name) && rows(name) % pictures == 0;
  }

  /** A value in its flat form; call only for {@link #isBlockable}. */
  Value flat(String name, long pictures) {
    Value known = flats.get(name);
    if (known == null) {
      known =
          (pictures == 1 ? ChannelsLastHeads.merged(name, draft) : Optional.<Value>empty())
              .orElseGet(() -> reordered(name, pictures));
      flats.put(name, known);
    }
    return known;
  }

  private Value reordered(String name, long pictures) {
    long positions = rows(name) / pictures;
    Value images =
        draft.emitter().reshape(draft.plain(name), pictures, positions, 1, channels(name));
    return draft.blocked(
        "ReorderInput",
        Attributes.of("channels_last", 1),
        new long[] {pictures, channels(name), positions, 1},
        images);
  }

  /** A value that is there as {@code [N, C/B, rows/N * B]}, to which one a row can be added. */
  Value joined(String name, long pictures) {
    Value known = joined.get(name);
    if (known == null) {
      Value flat = flat(name, pictures);
      long block = draft.block();
      known = draft.emitter().reshape(flat, pictures, flat.size(1) / block, flat.size(2) * block);
      joined.put(name, known);
    }
    return known;
  }

  /** A value that is there, in its original form. */
  Value plain(String name) {
    Value flat = flats.get(name);
    long[] ordered = {flat.size(0), flat.size(2), 1, flat.size(1)};
    Attributes attributes = Attributes.of("channels_last", 1, "channels", flat.size(1));
    Value reordered = draft.blocked("ReorderOutput", attributes, ordered, flat);
    if (isRowwise(name)) {
      reordered = draft.emitter().slice(reordered, 3, 0, 1);
    }
    return draft.define(name, "Reshape", reordered, draft.emitter().integers(draft.sizes(name)));
  }

  /** Says that a value is there: flat, or with its rows along two axes. */
  void give(String name, Value flat) {
    long[] sizes = flat.shape().sizes();
    flats.put(
        name,
        sizes.length == 4 && sizes[3] == 1
            ? flat
            : draft.emitter().reshape(flat, sizes[0], channelsOf(name), rows(name) / sizes[0], 1));
  }

  /** Says that a value has the same bytes as one that is there. */
  void alias(String name, String other) {
    flats.put(name, flats.get(other));
    Optional.ofNullable(joined.get(other)).ifPresent(value -> joined.put(name, value));
  }

  private long channelsOf(String name) {
    return isRowwise(name) ? draft.block() : channels(name);
  }

  /** Says that a value is there as {@code [N, C/B, rows/N * B]}. */
  void giveJoined(String name, Value value) {
    joined.put(name, value);
    give(name, value);
  }

  /** Says that a value is there as what a convolution gives. */
  void give(String name, PointwiseConvolution convolution) {
    convolutions.put(name, convolution);
    give(name, convolution.write(draft));
  }

  /** The convolution that gives a value, if one does. */
  Optional<PointwiseConvolution> convolution(String name) {
    return Optional.ofNullable(convolutions.get(name));
  }

  /** A constant with one element for each of some channels, and for nothing else. */
  Optional<Tensor> vector(String name, long channels) {
    return draft
        .constant(name)
        .filter(constant -> constant.type() == ElementType.FLOAT32)
        .filter(constant -> constant.elements() == channels && channels > 1)
        .filter(constant -> constant.sizes()[constant.rank() - 1] == channels);
  }

  /** Whether a node only gives its input other axes, of which the last stays. */
  boolean keepsRows(Node node) {
    return isBlocked(node.input(0))
        && (isShaped(node.output(0)) || isRowwise(node.output(0)))
        && channels(node.input(0)) == channels(node.output(0));
  }

  /** Whether a transposition moves only axes of size 1, and not the last one. */
  boolean keepsRows(Node transposition, int[] order) {
    long[] sizes = draft.sizes(transposition.input(0));
    int last = sizes.length - 1;
    int[] moved = IntStream.of(order).filter(axis -> sizes[axis] != 1 && axis != last).toArray();
    return order[last] == last
        && IntStream.range(1, moved.length).allMatch(i -> moved[i - 1] < moved[i]);
  }
}
