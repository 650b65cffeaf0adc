package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Operators that give values whose channels are their last axis other axes before that, or exchange
 * the two places that channels can have: most only need another view of the same bytes.
 */
final class ChannelsLastRearrangement {
  private ChannelsLastRearrangement() {}

  /** Other axes before the last one. */
  static boolean reshape(Node node, BlockedDraft draft) {
    ChannelsLast values = draft.channelsLast();
    if (!values.keepsRows(node)) {
      return false;
    }
    values.alias(node.output(0), node.input(0));
    return true;
  }

  static boolean transpose(Node node, BlockedDraft draft) {
    long[] given = node.attributes().integers("perm").orElse(new long[0]);
    int[] order = Arrays.stream(given).mapToInt(Math::toIntExact).toArray();
    return order.length > 0
        && (sameOrder(node, order, draft)
            || fromSecond(node, order, draft)
            || toSecond(node, order, draft)
            || amongRows(node, order, draft)
            || ChannelsLastHeads.split(node, order, draft));
  }

  private static boolean sameOrder(Node node, int[] order, BlockedDraft draft) {
    ChannelsLast values = draft.channelsLast();
    if (!values.isBlocked(node.input(0)) || !values.keepsRows(node, order)) {
      return false;
    }
    values.alias(node.output(0), node.input(0));
    return true;
  }

  /** From pictures {@code [N, C, spatial...]}: the bytes stay. */
  private static boolean fromSecond(Node node, int[] order, BlockedDraft draft) {
    ChannelsLast values = draft.channelsLast();
    int[] wanted = IntStream.range(0, order.length).map(i -> i == 0 ? 0 : i + 1).toArray();
    wanted[order.length - 1] = 1;
    if (order.length < 3
        || !draft.isBlocked(node.input(0))
        || !values.isShaped(node.output(0))
        || !Arrays.equals(order, wanted)) {
      return false;
    }
    values.give(node.output(0), draft.flat(node.input(0)));
    return true;
  }

  /** To pictures {@code [N, C, spatial...]}: the bytes stay. */
  private static boolean toSecond(Node node, int[] order, BlockedDraft draft) {
    ChannelsLast values = draft.channelsLast();
    String input = node.input(0);
    int[] wanted = IntStream.range(0, order.length).map(i -> i - 1).toArray();
    wanted[0] = 0;
    wanted[Math.min(1, order.length - 1)] = order.length - 1;
    if (order.length < 3
        || !values.isBlocked(input)
        || !values.isShaped(input)
        || !Arrays.equals(order, wanted)
        || values.pictures(input) != draft.sizes(input)[0]) {
      return false;
    }
    Value flat = values.flat(input, values.pictures(input));
    draft.giveFlat(
        node.output(0),
        draft.emitter().reshape(flat, draft.flatSizes(draft.sizes(node.output(0)))));
    return true;
  }

  /** Axes before the last one in another order, a block of channels staying together. */
  private static boolean amongRows(Node node, int[] order, BlockedDraft draft) {
    int last = order.length - 1;
    if (!hasView(node.input(0), draft) || order[last] != last) {
      return false;
    }
    int[] ofView = new int[order.length + 1];
    for (int axis = 0; axis < last; axis++) {
      ofView[axis + 1] = order[axis] + 1;
    }
    ofView[order.length] = order.length;
    Value moved = draft.emitter().transpose(view(node.input(0), draft), ofView);
    give(node.output(0), moved, draft);
    return true;
  }

  private static boolean hasView(String name, BlockedDraft draft) {
    ChannelsLast values = draft.channelsLast();
    return values.isBlocked(name) && values.isShaped(name) && values.pictures(name) == 1;
  }

  /** A value as {@code [C/B, ..., B]}. */
  private static Value view(String name, BlockedDraft draft) {
    long[] sizes = draft.sizes(name);
    int last = sizes.length - 1;
    long[] view = new long[sizes.length + 1];
    view[0] = sizes[last] / draft.block();
    System.arraycopy(sizes, 0, view, 1, last);
    view[sizes.length] = draft.block();
    return draft.emitter().reshape(draft.channelsLast().flat(name, 1), view);
  }

  private static void give(String name, Value view, BlockedDraft draft) {
    ChannelsLast values = draft.channelsLast();
    values.give(
        name, draft.emitter().reshape(view, 1, values.channels(name), values.rows(name), 1));
  }

  /** Parts of an axis before the last one. */
  static boolean slice(Node node, BlockedDraft draft) {
    int rank = hasView(node.input(0), draft) ? draft.sizes(node.input(0)).length : 0;
    long[] axes =
        draft.constant(node.input(3)).map(axis -> normalized(axis.toLongs(), rank)).orElse(null);
    if (rank == 0 || axes == null || Arrays.stream(axes).anyMatch(axis -> axis == rank)) {
      return false;
    }
    Value sliced =
        draft
            .emitter()
            .apply(
                "Slice",
                view(node.input(0), draft),
                draft.plain(node.input(1)),
                draft.plain(node.input(2)),
                draft.emitter().integers(axes),
                draft.plain(node.input(4)));
    give(node.output(0), sliced, draft);
    return true;
  }

  /** Axes of the view, counted from the front. */
  private static long[] normalized(long[] axes, int rank) {
    return Arrays.stream(axes).map(axis -> 1 + (axis < 0 ? axis + rank : axis)).toArray();
  }

  /** Values one after the other along an axis before the last one. */
  static boolean concatenate(Node node, BlockedDraft draft) {
    ChannelsLast values = draft.channelsLast();
    if (node.inputs().stream().noneMatch(input -> hasView(input, draft))
        || !node.inputs().stream().allMatch(input -> values.isBlockable(input, 1))) {
      return false;
    }
    int rank = draft.sizes(node.input(0)).length;
    long axis = normalized(new long[] {node.attributes().integer("axis", 0)}, rank)[0];
    if (axis == rank) {
      return false;
    }
    give(
        node.output(0),
        draft
            .emitter()
            .concatenate(
                (int) axis, node.inputs().stream().map(input -> view(input, draft)).toList()),
        draft);
    return true;
  }

  /** Zeros or another number around the axes before the last one. */
  static boolean pad(Node node, BlockedDraft draft) {
    long[] pads = draft.constant(node.input(1)).map(found -> found.toLongs()).orElse(null);
    if (pads == null || !hasView(node.input(0), draft) || node.hasInput(3)) {
      return false;
    }
    int rank = pads.length / 2;
    if (pads[rank - 1] != 0 || pads[2 * rank - 1] != 0) {
      return false;
    }
    long[] ofView = new long[2 * (rank + 1)];
    System.arraycopy(pads, 0, ofView, 1, rank);
    System.arraycopy(pads, rank, ofView, rank + 2, rank);
    Value padded =
        draft
            .emitter()
            .apply(
                "Pad",
                node.attributes(),
                view(node.input(0), draft),
                draft.emitter().integers(ofView),
                draft.plain(node.input(2)));
    give(node.output(0), padded, draft);
    return true;
  }
}
