package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.Window;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Slices along height and width and paddings with zeros there, one after the other, as one
 * depthwise convolution whose kernels have a single one.
 *
 * <p>The runtime slices and pads on one thread, element by element where there are steps; the
 * convolution runs on all threads, and takes a sum, a difference and a step function that follow
 * into the same pass ({@link ConvolutionFusion}). The gradient of a max pooling is made of these.
 *
 * @param source of the original graph, which is blocked
 * @param rows read along the height
 * @param columns read along the width
 */
record BlockedReading(String source, Line rows, Line columns) {
  /** Taps of a kernel beyond which copying is faster than multiplying by its zeros. */
  private static final long MOST_TAPS = 4;

  /** Nodes that are read through. */
  private static final int DEEPEST = 4;

  /**
   * Gives the output of a slice or padding.
   *
   * @return false where it is not such a reading, or copying is faster
   */
  static boolean apply(Node node, BlockedDraft draft) {
    String output = node.output(0);
    if (!draft.isShaped(output) || draft.sizes(output).length != 4) {
      return false;
    }
    Optional<BlockedReading> reading = of(node, draft, DEEPEST);
    if (reading.filter(BlockedReading::isFast).isEmpty()) {
      reading = of(node, draft, 1).filter(BlockedReading::isFast);
    }
    reading.ifPresent(found -> draft.giveFlat(output, found.convolved(output, draft)));
    return reading.isPresent();
  }

  /** Cutting alone is copying of whole rows. */
  private boolean isFast() {
    return rows.taps() * columns.taps() <= MOST_TAPS && !(rows.isCut() && columns.isCut());
  }

  /** What a node reads, through this many nodes at most. */
  private static Optional<BlockedReading> of(Node node, BlockedDraft draft, int depth) {
    String input = node.input(0);
    if (!draft.isBlocked(input) || draft.sizes(input).length != 4) {
      return Optional.empty();
    }
    Optional<BlockedReading> own = node.is("Slice") ? slice(node, draft) : padding(node, draft);
    if (depth == 1 || own.isEmpty()) {
      return own;
    }
    Optional<BlockedReading> through =
        draft
            .producer(input)
            .filter(before -> before.is("Slice") || before.is("Pad"))
            .flatMap(before -> of(before, draft, depth - 1))
            .flatMap(own.get()::after);
    return through.isPresent() ? through : own;
  }

  private static Optional<BlockedReading> slice(Node node, BlockedDraft draft) {
    Optional<Tensor> starts = draft.constant(node.input(1));
    Optional<Tensor> axes = draft.constant(node.input(3));
    Optional<Tensor> steps = draft.constant(node.input(4));
    if (starts.isEmpty() || axes.isEmpty() || (node.hasInput(4) && steps.isEmpty())) {
      return Optional.empty();
    }
    long[] from = draft.sizes(node.input(0));
    long[] to = draft.sizes(node.output(0));
    Line[] lines = {Line.whole(from[2]), Line.whole(from[3])};
    for (int i = 0; i < axes.get().elements(); i++) {
      int axis = (int) axes.get().getLong(i);
      axis = axis < 0 ? axis + 4 : axis;
      long step = steps.isEmpty() ? 1 : steps.get().getLong(i);
      if (axis < 2 || step < 1) {
        return Optional.empty();
      }
      long start = starts.get().getLong(i);
      long begin = start < 0 ? Math.max(0, start + from[axis]) : start;
      lines[axis - 2] = new Line(from[axis], begin, step, to[axis]);
    }
    return Optional.of(new BlockedReading(node.input(0), lines[0], lines[1]));
  }

  private static Optional<BlockedReading> padding(Node node, BlockedDraft draft) {
    Optional<long[]> given = draft.constant(node.input(1)).map(Tensor::toLongs);
    boolean isZero =
        !node.hasInput(2)
            || draft.constant(node.input(2)).filter(value -> value.getDouble(0) == 0).isPresent();
    if (given.isEmpty()
        || !isZero
        || node.hasInput(3)
        || !node.attributes().text("mode", "constant").equals("constant")) {
      return Optional.empty();
    }
    long[] pads = given.get();
    if (pads[0] != 0 || pads[1] != 0 || pads[4] != 0 || pads[5] != 0) {
      return Optional.empty();
    }
    long[] from = draft.sizes(node.input(0));
    long[] to = draft.sizes(node.output(0));
    Line rows = new Line(from[2], -pads[2], 1, to[2]);
    return Optional.of(
        new BlockedReading(node.input(0), rows, new Line(from[3], -pads[3], 1, to[3])));
  }

  /** This reading of what another one gives; empty where that shows what was cut away. */
  private Optional<BlockedReading> after(BlockedReading first) {
    return rows.after(first.rows)
        .flatMap(
            height ->
                columns
                    .after(first.columns)
                    .map(width -> new BlockedReading(first.source, height, width)));
  }

  private Value convolved(String output, BlockedDraft draft) {
    int channels = Math.toIntExact(draft.sizes(output)[1]);
    Window window = new Window(List.of(rows.window(), columns.window()));
    Tensor weight = draft.weights().blockedOutputs(new OneHot(channels, rows, columns));
    long[] sizes = draft.flatSizes(draft.sizes(output));
    KernelForm form = new KernelForm(weight, sizes[1], draft.flat(source));
    return BlockedConvolution.write(form, window, sizes, Optional.empty(), draft);
  }

  /**
   * The elements {@code begin + i * step} of an axis, for i below the length, and zeros where there
   * are none.
   *
   * @param size of the axis
   */
  record Line(long size, long begin, long step, long length) {
    static Line whole(long size) {
      return new Line(size, 0, 1, size);
    }

    boolean isCut() {
      return step == 1 && begin >= 0 && begin + length <= size;
    }

    private boolean has(long index) {
      return index >= 0 && index < size;
    }

    private long at(long index) {
      return begin + index * step;
    }

    Optional<Line> after(Line first) {
      boolean isHidden =
          LongStream.range(0, length)
              .map(this::at)
              .allMatch(index -> has(index) || !first.has(first.at(index)));
      return isHidden
          ? Optional.of(new Line(first.size, first.at(begin), first.step * step, length))
          : Optional.empty();
    }

    /** Where in the kernel the one is. */
    long place() {
      return Math.max(0, begin);
    }

    /** As few as make the convolution end with the last element. */
    long taps() {
      long unused = size - begin - length * step;
      return place() + 1 + Math.max(0, unused);
    }

    Window.Axis window() {
      long reach = at(length - 1) + taps() - place();
      return new Window.Axis(
          taps(), step, 1, Math.max(0, -begin), Math.max(0, reach - size), 0, size, length);
    }
  }

  /** One in each channel's kernel. */
  private record OneHot(int outputs, Line rows, Line columns) implements Kernel {
    @Override
    public int inputs() {
      return 1;
    }

    @Override
    public int height() {
      return (int) rows.taps();
    }

    @Override
    public int width() {
      return (int) columns.taps();
    }

    @Override
    public float at(int output, int input, int y, int x) {
      return y == rows.place() && x == columns.place() ? 1 : 0;
    }
  }
}
