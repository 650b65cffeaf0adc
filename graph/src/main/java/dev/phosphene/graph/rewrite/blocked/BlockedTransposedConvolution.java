package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.Window;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * ConvTranspose over height and width with constant weights, which the gradient of a strided
 * convolution is: a convolution with some of the taps for each phase of the outputs, the phases
 * interleaved.
 */
final class BlockedTransposedConvolution implements BlockedOperator {
  @Override
  public boolean apply(Node node, BlockedDraft draft) {
    String input = node.input(0);
    Optional<WeightView> weight = ConstantWeights.find(node.input(1), draft);
    if (weight.isEmpty()
        || node.hasInput(2)
        || !draft.isShaped(input)
        || draft.sizes(input).length != 4
        || !draft.isShaped(node.output(0))
        || !draft.isBlockable(input)) {
      return false;
    }
    int groups = Math.toIntExact(node.attributes().integer("group", 1));
    Kernel kernel = new Kernel.Exchanged(weight.get(), groups);
    long[] taps = {kernel.height(), kernel.width()};
    Window window = Window.transposed(node, Shape.of(draft.sizes(input)), taps);
    if (Arrays.stream(window.dilations()).anyMatch(dilation -> dilation != 1)) {
      return false;
    }
    Window.Axis rows = window.axes().get(0);
    Window.Axis columns = window.axes().get(1);
    boolean isMerged =
        groups == 1 && kernel.outputs() < draft.block() && rows.stride() == columns.stride();
    return isMerged
        ? merged(node, kernel, rows, columns, draft)
        : interleaved(node, kernel, groups, rows, columns, draft);
  }

  /** Few outputs: the phases are channels of one convolution. */
  private static boolean merged(
      Node node, Kernel kernel, Window.Axis rows, Window.Axis columns, BlockedDraft draft) {
    int stride = Math.toIntExact(rows.stride());
    List<Phase> vertical = together(rows);
    List<Phase> horizontal = together(columns);
    Kernel phases = new PhaseKernel(kernel, vertical, horizontal);
    Optional<Value> convolved =
        convolve(phases, 1, vertical.get(0), horizontal.get(0), node, draft);
    if (convolved.isEmpty()) {
      return false;
    }
    Emitter emitter = draft.emitter();
    long[] sizes = draft.sizes(node.output(0));
    long height = Phase.outputs(rows);
    long width = Phase.outputs(columns);
    long[] ordered = {sizes[0], phases.outputs(), height, width};
    Value channels =
        draft.blocked(
            "ReorderOutput", Attributes.of("channels", phases.outputs()), ordered, convolved.get());
    Value image =
        stride == 1
            ? channels
            : emitter.apply(
                "DepthToSpace", Attributes.of("blocksize", stride, "mode", "DCR"), channels);
    image = cut(emitter, image, 2, height * stride, sizes[2]);
    draft.givePlain(node.output(0), cut(emitter, image, 3, width * stride, sizes[3]));
    return true;
  }

  private static Value cut(Emitter emitter, Value value, int axis, long length, long wanted) {
    return length == wanted ? value : emitter.slice(value, axis, 0, wanted);
  }

  /** All phases of an axis, over the distances at which any of them has a tap. */
  private static List<Phase> together(Window.Axis axis) {
    List<Phase> phases =
        LongStream.range(0, axis.stride()).mapToObj(position -> Phase.of(axis, position)).toList();
    long first = phases.stream().filter(p -> !p.isEmpty()).mapToLong(Phase::first).min().orElse(0);
    long last = phases.stream().filter(p -> !p.isEmpty()).mapToLong(Phase::last).max().orElse(0);
    return phases.stream().map(phase -> phase.over(first, last)).toList();
  }

  private static boolean interleaved(
      Node node,
      Kernel kernel,
      int groups,
      Window.Axis rows,
      Window.Axis columns,
      BlockedDraft draft) {
    Emitter emitter = draft.emitter();
    long[] sizes = draft.sizes(node.output(0));
    long height = Phase.outputs(rows);
    long width = Phase.outputs(columns);
    long[] view = draft.viewSizes(sizes[0], sizes[1], height, width);
    List<Value> allRows = new ArrayList<>();
    for (long y = 0; y < rows.stride(); y++) {
      List<Value> row = new ArrayList<>();
      Phase vertical = Phase.of(rows, y);
      for (long x = 0; x < columns.stride(); x++) {
        Phase horizontal = Phase.of(columns, x);
        if (vertical.isEmpty() || horizontal.isEmpty()) {
          row.add(Value.ABSENT);
          continue;
        }
        Kernel phase = new PhaseKernel(kernel, List.of(vertical), List.of(horizontal));
        Optional<Value> convolved = convolve(phase, groups, vertical, horizontal, node, draft);
        if (convolved.isEmpty()) {
          return false;
        }
        row.add(emitter.reshape(convolved.get(), view));
      }
      Value joined = joined(emitter, row, 4, view);
      allRows.add(
          joined.isPresent()
              ? emitter.reshape(
                  joined, view[0], view[1], height, width * columns.stride() * view[4])
              : joined);
    }
    long[] rowSizes = {view[0], view[1], height, width * columns.stride() * view[4]};
    Value whole = joined(emitter, allRows, 3, rowSizes);
    Value image =
        emitter.reshape(
            whole.isPresent() ? whole : zeros(emitter, rowSizes),
            draft.viewSizes(sizes[0], sizes[1], height * rows.stride(), width * columns.stride()));
    image = cut(emitter, image, 2, height * rows.stride(), sizes[2]);
    draft.giveView(node.output(0), cut(emitter, image, 3, width * columns.stride(), sizes[3]));
    return true;
  }

  /** Parts side by side along an axis, zeros for those that are absent; absent if all are. */
  private static Value joined(Emitter emitter, List<Value> parts, int axis, long[] sizes) {
    List<Value> present = parts.stream().filter(Value::isPresent).toList();
    if (present.isEmpty()) {
      return Value.ABSENT;
    }
    if (present.size() == 1 && parts.size() > 1) {
      int place = parts.indexOf(present.get(0));
      long[] pads = new long[2 * sizes.length];
      pads[axis] = place * sizes[axis];
      pads[sizes.length + axis] = (parts.size() - 1 - place) * sizes[axis];
      return emitter.padZeros(present.get(0), pads);
    }
    List<Value> filled =
        parts.stream().map(part -> part.isPresent() ? part : zeros(emitter, sizes)).toList();
    return filled.size() == 1 ? filled.get(0) : emitter.concatenate(axis, filled);
  }

  private static Value zeros(Emitter emitter, long[] sizes) {
    return emitter.expand(emitter.constant(Tensor.scalar(0f)), sizes);
  }

  /** One convolution for one or more phases; empty where its padding would be negative. */
  private static Optional<Value> convolve(
      Kernel kernel, int groups, Phase vertical, Phase horizontal, Node node, BlockedDraft draft) {
    Window window = new Window(List.of(vertical.window(), horizontal.window()));
    if (Arrays.stream(window.pads()).anyMatch(pad -> pad < 0)) {
      return Optional.empty();
    }
    return BlockedConvolution.write(kernel, groups, node.input(0), window, Optional.empty(), draft);
  }

  /**
   * The taps of some phases, whose outputs lie side by side: first those of the first vertical and
   * first horizontal phase, then those of the next horizontal one.
   */
  private record PhaseKernel(Kernel kernel, List<Phase> vertical, List<Phase> horizontal)
      implements Kernel {
    @Override
    public int outputs() {
      return kernel.outputs() * vertical.size() * horizontal.size();
    }

    @Override
    public int inputs() {
      return kernel.inputs();
    }

    @Override
    public int height() {
      return vertical.get(0).taps();
    }

    @Override
    public int width() {
      return horizontal.get(0).taps();
    }

    @Override
    public float at(int output, int input, int y, int x) {
      int phase = output / kernel.outputs();
      Phase row = vertical.get(phase / horizontal.size());
      Phase column = horizontal.get(phase % horizontal.size());
      long tapY = row.tap(row.first() + y);
      long tapX = column.tap(column.first() + x);
      return row.has(tapY) && column.has(tapX)
          ? kernel.at(output % kernel.outputs(), input, (int) tapY, (int) tapX)
          : 0;
    }
  }
}
