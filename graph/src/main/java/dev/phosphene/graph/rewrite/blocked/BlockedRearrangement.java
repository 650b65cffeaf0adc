package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Operators that move elements along the spatial axes, or whole blocks of channels: in the view
 * {@code [N, C/B, spatial..., B]} they are the same operators, along the same axes.
 */
final class BlockedRearrangement {
  private BlockedRearrangement() {}

  private static boolean isReady(Node node, BlockedDraft draft) {
    return draft.isBlocked(node.input(0)) && draft.isShaped(node.output(0));
  }

  static boolean slice(Node node, BlockedDraft draft) {
    return BlockedReading.apply(node, draft) || sliceOfView(node, draft);
  }

  private static boolean sliceOfView(Node node, BlockedDraft draft) {
    Optional<Tensor> given = draft.constant(node.input(3));
    if (!isReady(node, draft) || given.isEmpty()) {
      return false;
    }
    int rank = draft.sizes(node.input(0)).length;
    long[] axes = normalized(given.get().toLongs(), rank);
    if (Arrays.stream(axes).anyMatch(axis -> axis < 2)) {
      return false;
    }
    Emitter emitter = draft.emitter();
    draft.giveView(
        node.output(0),
        emitter.apply(
            "Slice",
            draft.view(node.input(0)),
            draft.plain(node.input(1)),
            draft.plain(node.input(2)),
            emitter.integers(axes),
            draft.plain(node.input(4))));
    return true;
  }

  private static long[] normalized(long[] axes, int rank) {
    return Arrays.stream(axes).map(axis -> axis < 0 ? axis + rank : axis).toArray();
  }

  static boolean pad(Node node, BlockedDraft draft) {
    return BlockedReading.apply(node, draft) || padOfView(node, draft);
  }

  private static boolean padOfView(Node node, BlockedDraft draft) {
    Optional<Tensor> given = draft.constant(node.input(1));
    if (!isReady(node, draft) || given.isEmpty() || node.hasInput(3)) {
      return false;
    }
    long[] pads = given.get().toLongs();
    int rank = pads.length / 2;
    if (pads[0] != 0 || pads[1] != 0 || pads[rank] != 0 || pads[rank + 1] != 0) {
      return false;
    }
    long[] viewPads = new long[2 * (rank + 1)];
    System.arraycopy(pads, 0, viewPads, 0, rank);
    System.arraycopy(pads, rank, viewPads, rank + 1, rank);
    draft.giveView(
        node.output(0),
        draft
            .emitter()
            .apply(
                "Pad",
                node.attributes(),
                draft.view(node.input(0)),
                draft.emitter().integers(viewPads),
                draft.plain(node.input(2))));
    return true;
  }

  static boolean concatenate(Node node, BlockedDraft draft) {
    if (!draft.isShaped(node.output(0))
        || node.inputs().stream().noneMatch(draft::isBlocked)
        || !node.inputs().stream().allMatch(draft::isBlockable)) {
      return false;
    }
    int rank = draft.sizes(node.output(0)).length;
    int axis = (int) normalized(new long[] {node.attributes().integer("axis", 0)}, rank)[0];
    List<String> before = node.inputs().subList(0, node.inputs().size() - 1);
    boolean areWhole =
        before.stream().allMatch(input -> draft.sizes(input)[1] % draft.block() == 0);
    if (axis == 0 || (axis == 1 && !areWhole)) {
      return false;
    }
    List<Value> parts = node.inputs().stream().map(draft::view).toList();
    draft.giveView(node.output(0), draft.emitter().concatenate(axis, parts));
    return true;
  }

  static boolean split(Node node, BlockedDraft draft) {
    if (!draft.isBlocked(node.input(0)) || !node.outputs().stream().allMatch(draft::isShaped)) {
      return false;
    }
    int rank = draft.sizes(node.input(0)).length;
    int axis = (int) normalized(new long[] {node.attributes().integer("axis", 0)}, rank)[0];
    if (axis == 0) {
      return false;
    }
    List<String> before = node.outputs().subList(0, node.outputs().size() - 1);
    if (axis == 1 && !before.stream().allMatch(part -> draft.sizes(part)[1] % draft.block() == 0)) {
      return false;
    }
    long start = 0;
    List<Value> parts = new ArrayList<>();
    for (String part : node.outputs()) {
      long length = draft.viewSizes(draft.sizes(part))[axis];
      parts.add(draft.emitter().slice(draft.view(node.input(0)), axis, start, start + length));
      start += length;
    }
    for (int i = 0; i < parts.size(); i++) {
      draft.giveView(node.output(i), parts.get(i));
    }
    return true;
  }

  /** Elements repeated along spatial axes. */
  static boolean expand(Node node, BlockedDraft draft) {
    String input = node.input(0);
    if (!draft.isShaped(node.output(0))
        || !draft.isBlockable(input)
        || !(draft.isBlocked(input) || draft.isVector(input))
        || draft.isVector(node.output(0))) {
      return false;
    }
    long[] from = draft.sizes(input);
    long[] to = draft.sizes(node.output(0));
    if (from.length != to.length || from[0] != to[0] || from[1] != to[1]) {
      return false;
    }
    draft.giveView(
        node.output(0),
        draft.isVector(input)
            ? draft.emitter().expand(draft.view(input), draft.viewSizes(to))
            : repeated(draft.view(input), from, to, draft));
    return true;
  }

  /** Joins copies, of whole blocks at least, which the runtime does faster than it expands. */
  private static Value repeated(Value view, long[] from, long[] to, BlockedDraft draft) {
    Value repeated = view;
    for (int axis = from.length - 1; axis >= 2; axis--) {
      if (from[axis] < to[axis]) {
        List<Value> copies = Collections.nCopies(Math.toIntExact(to[axis]), repeated);
        repeated = draft.emitter().concatenate(axis, copies);
      }
    }
    return repeated;
  }

  /** Only the spatial axes may change. */
  static boolean reshape(Node node, BlockedDraft draft) {
    if (!isReady(node, draft)) {
      return false;
    }
    long[] from = draft.sizes(node.input(0));
    long[] to = draft.sizes(node.output(0));
    if (from[0] != to[0] || from[1] != to[1]) {
      return false;
    }
    draft.giveView(
        node.output(0), draft.emitter().reshape(draft.flat(node.input(0)), draft.viewSizes(to)));
    return true;
  }
}
