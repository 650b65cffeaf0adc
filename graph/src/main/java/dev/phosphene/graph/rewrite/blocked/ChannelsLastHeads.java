package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * How channels become the heads of an attention and come together again: a reshaping that cuts the
 * channels, and a transposition. From the blocked layout and to it, both are one transposition, in
 * which a block of channels stays together.
 *
 * @param rows axes that the rows of the value are, {@code [a, b, ...]}
 * @param channels axes that its channels are, {@code [heads, ..., length]}; blocks fill the last
 */
record ChannelsLastHeads(long[] rows, long[] channels) {
  private static final Set<String> RESHAPING =
      Set.of("Identity", "Reshape", "Squeeze", "Unsqueeze");

  /** Reshapings in a row that are looked through. */
  private static final int DEEPEST = 4;

  /** Reads sizes as those of rows before those of channels; empty where they are cut otherwise. */
  private static Optional<ChannelsLastHeads> of(long[] sizes, long rows, int block) {
    int count = 0;
    long product = 1;
    while (count < sizes.length && product < rows) {
      product *= sizes[count++];
    }
    boolean isCut = product == rows && count < sizes.length - 1;
    return isCut && sizes[sizes.length - 1] % block == 0
        ? Optional.of(
            new ChannelsLastHeads(
                Arrays.copyOf(sizes, count), Arrays.copyOfRange(sizes, count, sizes.length)))
        : Optional.empty();
  }

  /** Writes a transposition of heads of a value that is there. */
  static boolean split(Node transposition, int[] order, BlockedDraft draft) {
    ChannelsLast values = draft.channelsLast();
    String source = transposition.input(0);
    for (int i = 0; i < DEEPEST && !values.isBlocked(source); i++) {
      Optional<Node> producer = reshaping(source, draft);
      if (producer.isEmpty()) {
        return false;
      }
      source = producer.get().input(0);
    }
    if (!values.isBlocked(source)
        || !values.isShaped(source)
        || values.pictures(source) != 1
        || order[order.length - 1] != order.length - 1) {
      return false;
    }
    long[] sizes = draft.sizes(transposition.input(0));
    Optional<ChannelsLastHeads> heads = of(sizes, values.rows(source), draft.block());
    if (heads.isEmpty()) {
      return false;
    }
    Value view = draft.emitter().reshape(values.flat(source, 1), heads.get().view(draft.block()));
    int count = heads.get().rows().length;
    int split = heads.get().channels().length;
    int[] ofView = new int[order.length + 1];
    for (int axis = 0; axis < order.length - 1; axis++) {
      ofView[axis] = order[axis] < count ? split + order[axis] : order[axis] - count;
    }
    ofView[order.length - 1] = split - 1;
    ofView[order.length] = order.length;
    String output = transposition.output(0);
    Value moved = draft.emitter().transpose(view, ofView);
    draft.define(output, "Reshape", moved, draft.emitter().integers(draft.sizes(output)));
    return true;
  }

  /** A value that consists of transposed heads, flat; empty where it is something else. */
  static Optional<Value> merged(String name, BlockedDraft draft) {
    String source = name;
    for (int i = 0; i < DEEPEST; i++) {
      Optional<Node> producer = reshaping(source, draft);
      if (producer.isEmpty()) {
        break;
      }
      source = producer.get().input(0);
    }
    Optional<Node> transposition = draft.producer(source).filter(node -> node.is("Transpose"));
    Optional<long[]> order = transposition.flatMap(node -> node.attributes().integers("perm"));
    if (order.isEmpty() || order.get()[order.get().length - 1] != order.get().length - 1) {
      return Optional.empty();
    }
    String input = transposition.get().input(0);
    return of(draft.sizes(source), draft.channelsLast().rows(name), draft.block())
        .map(heads -> heads.joined(input, order.get(), draft));
  }

  private Value joined(String input, long[] order, BlockedDraft draft) {
    int block = draft.block();
    long[] sizes = draft.sizes(input);
    int last = sizes.length - 1;
    long[] view = Arrays.copyOf(sizes, sizes.length + 1);
    view[last] = sizes[last] / block;
    view[last + 1] = block;
    int[] ofView = new int[view.length];
    for (int i = 0; i < channels.length; i++) {
      ofView[i] = Math.toIntExact(order[rows.length + i]);
    }
    for (int i = 0; i < rows.length; i++) {
      ofView[channels.length + i] = Math.toIntExact(order[i]);
    }
    ofView[last + 1] = last + 1;
    Value moved =
        draft.emitter().transpose(draft.emitter().reshape(draft.plain(input), view), ofView);
    return draft.emitter().reshape(moved, 1, product(channels), product(rows), 1);
  }

  /** Sizes of the bytes in the blocked layout. */
  private long[] view(int block) {
    int split = channels.length;
    long[] view = Arrays.copyOf(channels, split + rows.length + 1);
    view[split - 1] /= block;
    System.arraycopy(rows, 0, view, split, rows.length);
    view[split + rows.length] = block;
    return view;
  }

  private static long product(long[] sizes) {
    return LongStream.of(sizes).reduce(1, Math::multiplyExact);
  }

  private static Optional<Node> reshaping(String value, BlockedDraft draft) {
    return draft
        .producer(value)
        .filter(node -> node.type().domain().isEmpty() && RESHAPING.contains(node.type().name()));
  }
}
