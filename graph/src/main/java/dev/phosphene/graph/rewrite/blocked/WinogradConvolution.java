package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.Window;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A convolution with three or five taps along one axis in half, or three fifths, of the products
 * ({@link MinimalFiltering}).
 *
 * <p>Along that axis the outputs are computed in tiles of four, or two. Each of the six products of
 * a tile is a convolution over all tiles, with one tap along the axis, its input a depthwise
 * convolution that steps from tile to tile. Sums of the products are the first, second, ... outputs
 * of all tiles, which are interleaved.
 */
final class WinogradConvolution {
  /**
   * Fewer products of the direct convolution are computed sooner than the runtime can start the
   * nodes of this one on its threads.
   */
  private static final long LEAST_PRODUCTS = 64_000_000;

  /** With fewer channels, reading and writing them takes as long as their products. */
  private static final int LEAST_CHANNELS = 32;

  private final Kernel kernel;
  private final Value input;
  private final Window window;
  private final int axis;
  private final Window.Axis along;
  private final Optional<Tensor> bias;
  private final BlockedDraft draft;
  private final MinimalFiltering filtering;
  private final long batch;
  private final long tiles;

  private WinogradConvolution(
      Kernel kernel,
      Value input,
      Window window,
      int axis,
      Optional<Tensor> bias,
      BlockedDraft draft) {
    this.kernel = kernel;
    this.input = input;
    this.window = window;
    this.axis = axis;
    this.along = window.axes().get(axis);
    this.bias = bias;
    this.draft = draft;
    this.filtering = new MinimalFiltering(Math.toIntExact(along.kernel()));
    this.batch = input.size(0);
    this.tiles = (along.output() + filtering.outputs() - 1) / filtering.outputs();
  }

  /**
   * Writes a convolution without groups.
   *
   * @param input a value of the original graph
   * @return the flat form of its outputs; empty where the direct convolution is no slower
   */
  static Optional<Value> write(
      Kernel kernel, String input, Window window, Optional<Tensor> bias, BlockedDraft draft) {
    if (Math.min(kernel.inputs(), kernel.outputs()) < LEAST_CHANNELS
        || !draft.isBlockable(input)
        || products(kernel, window, draft.sizes(input)[0]) < LEAST_PRODUCTS) {
      return Optional.empty();
    }
    for (int axis = 0; axis < window.rank(); axis++) {
      if (isFilterable(window.axes().get(axis))) {
        Value flat = draft.flat(input);
        return Optional.of(
            new WinogradConvolution(kernel, flat, window, axis, bias, draft).write());
      }
    }
    return Optional.empty();
  }

  private static long products(Kernel kernel, Window window, long batch) {
    long products = batch * kernel.outputs() * kernel.inputs();
    for (Window.Axis each : window.axes()) {
      products *= each.output() * each.kernel();
    }
    return products;
  }

  private static boolean isFilterable(Window.Axis axis) {
    return axis.stride() == 1 && axis.dilation() == 1 && (axis.kernel() == 3 || axis.kernel() == 5);
  }

  private Value write() {
    List<Value> products = new ArrayList<>();
    for (int product = 0; product < MinimalFiltering.PRODUCTS; product++) {
      products.add(product(product));
    }
    return interleaved(outputs(products));
  }

  /** One product of all tiles. */
  private Value product(int product) {
    Kernel factor = new Kernel.Weighted(kernel, axis, filtering.ofTaps(product));
    // The second product is the one that counts once in every output.
    Optional<Tensor> added = product == 1 ? bias : Optional.empty();
    Window.Axis oneTap = new Window.Axis(1, 1, 1, 0, 0, 0, tiles, tiles);
    return BlockedConvolution.write(
        new KernelForm(draft.weights().blocked(factor), 1, inputs(product)),
        with(oneTap),
        sizes(kernel.outputs(), with(oneTap)),
        added,
        draft);
  }

  /** What one product of all tiles reads. */
  private Value inputs(int product) {
    long step = filtering.outputs();
    long extent = (tiles - 1) * step + MinimalFiltering.PRODUCTS;
    Window.Axis stepping =
        new Window.Axis(
            MinimalFiltering.PRODUCTS,
            step,
            1,
            along.padBegin(),
            extent - along.input() - along.padBegin(),
            0,
            along.input(),
            tiles);
    Window.Axis other = window.axes().get(1 - axis);
    Window.Axis still = new Window.Axis(1, 1, 1, 0, 0, 0, other.input(), other.input());
    Window depthwise = new Window(axis == 0 ? List.of(stepping, still) : List.of(still, stepping));
    Kernel taps = new Kernel.Depthwise(kernel.inputs(), axis, filtering.ofInputs(product));
    KernelForm form =
        new KernelForm(
            draft.weights().blockedOutputs(taps), draft.weights().padded(kernel.inputs()), input);
    return BlockedConvolution.write(
        form, depthwise, sizes(kernel.inputs(), depthwise), Optional.empty(), draft);
  }

  private Window with(Window.Axis replaced) {
    Window.Axis other = window.axes().get(1 - axis);
    return new Window(axis == 0 ? List.of(replaced, other) : List.of(other, replaced));
  }

  private long[] sizes(long channels, Window of) {
    return draft.flatSizes(batch, channels, of.axes().get(0).output(), of.axes().get(1).output());
  }

  /**
   * The first outputs of all tiles, the second, ...: products at a point and at its negative count
   * alike in outputs of even number, and against each other in those of odd number.
   */
  private List<Value> outputs(List<Value> products) {
    Emitter emitter = draft.emitter();
    Value even = emitter.add(products.get(1), products.get(2));
    Value odd = emitter.subtract(products.get(1), products.get(2));
    Value evenOfTwo = emitter.add(products.get(3), products.get(4));
    Value oddOfTwo = emitter.subtract(products.get(3), products.get(4));
    List<Value> outputs = new ArrayList<>();
    for (int output = 0; output < filtering.outputs(); output++) {
      boolean isEven = output % 2 == 0;
      Value ofTwo = isEven ? evenOfTwo : oddOfTwo;
      Value scaled = output == 0 ? ofTwo : emitter.multiply(ofTwo, 1 << output);
      Value sum = emitter.add(isEven ? even : odd, scaled);
      if (output == 0) {
        sum = emitter.add(sum, products.get(0));
      }
      if (output == filtering.outputs() - 1) {
        sum = emitter.add(sum, products.get(MinimalFiltering.PRODUCTS - 1));
      }
      outputs.add(sum);
    }
    return outputs;
  }

  private Value interleaved(List<Value> outputs) {
    Emitter emitter = draft.emitter();
    long[] tile = draft.viewSizes(batch, kernel.outputs(), size(0, tiles), size(1, tiles));
    int place = 2 + axis;
    long[] separate = inserted(tile, place + 1);
    List<Value> parts = outputs.stream().map(each -> emitter.reshape(each, separate)).toList();
    tile[place] *= filtering.outputs();
    Value whole = emitter.reshape(emitter.concatenate(place + 1, parts), tile);
    if (tile[place] > along.output()) {
      whole = emitter.slice(whole, place, 0, along.output());
    }
    return emitter.reshape(whole, sizes(kernel.outputs(), window));
  }

  private long size(int spatial, long alongAxis) {
    return spatial == axis ? alongAxis : window.axes().get(spatial).output();
  }

  /** Sizes with another axis of one element. */
  private static long[] inserted(long[] sizes, int place) {
    long[] result = new long[sizes.length + 1];
    System.arraycopy(sizes, 0, result, 0, place);
    result[place] = 1;
    System.arraycopy(sizes, place, result, place + 1, sizes.length - place);
    return result;
  }
}
