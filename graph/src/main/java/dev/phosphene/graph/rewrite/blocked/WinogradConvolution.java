package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.Window;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A convolution in fewer products, along one spatial axis or both ({@link MinimalFiltering}).
 *
 * <p>Along such an axis the outputs are computed in tiles. What a product of all tiles reads is a
 * depthwise convolution that steps from tile to tile; the results for all products lie side by side
 * as groups of channels, so that one grouped convolution computes all products, with one tap along
 * the axis. One matrix product makes outputs of them, which are interleaved last.
 */
final class WinogradConvolution {
  private final Kernel kernel;
  private final Tiling tiling;
  private final long batch;
  private final boolean isFolded;
  private final BlockedDraft draft;
  private final Emitter emitter;

  private WinogradConvolution(
      Kernel kernel, Tiling tiling, long batch, boolean isFolded, BlockedDraft draft) {
    this.kernel = kernel;
    this.tiling = tiling;
    this.batch = batch;
    this.isFolded = isFolded;
    this.draft = draft;
    this.emitter = draft.emitter();
  }

  /**
   * Writes a convolution without groups.
   *
   * @param input a value of the original graph
   * @return the flat form of its outputs; empty where the direct convolution is no slower
   */
  static Optional<Value> write(
      Kernel kernel, String input, Window window, Optional<Tensor> bias, BlockedDraft draft) {
    if (!draft.isBlockable(input)) {
      return Optional.empty();
    }
    int inputs = draft.weights().padded(kernel.inputs());
    int outputs = draft.weights().padded(kernel.outputs());
    long batch = draft.sizes(input)[0];
    ConvolutionCost cost = new ConvolutionCost(inputs, outputs, window, batch);
    Tiling tiling = cost.fastest();
    if (tiling.isDirect()) {
      return Optional.empty();
    }
    WinogradConvolution convolution =
        new WinogradConvolution(kernel, tiling, batch, cost.foldsBatch(tiling), draft);
    return Optional.of(convolution.write(draft.flat(input), bias));
  }

  private Value write(Value input, Optional<Tensor> bias) {
    Value transformed = transformed(transformed(input, tiling.rows(), 0), tiling.columns(), 1);
    Value products = products(isFolded ? folded(transformed) : transformed, bias);
    return interleaved(outputs(products));
  }

  /**
   * What the products along a spatial axis read, one after the other as groups of channels.
   *
   * @param number of the axis
   */
  private Value transformed(Value value, TiledAxis axis, int number) {
    if (!axis.isTiled()) {
      return value;
    }
    int channels = Math.toIntExact(value.size(1));
    Window.Axis still = TiledAxis.still(value.size(3 - number));
    Window depthwise =
        new Window(number == 0 ? List.of(axis.stepping(), still) : List.of(still, axis.stepping()));
    long[] extents = depthwise.outputSizes();
    long[] sizes = {batch, channels, extents[0], extents[1]};
    List<Value> parts = new ArrayList<>();
    for (int product = 0; product < axis.products(); product++) {
      double[] taps = axis.filtering().orElseThrow().ofInputs(product);
      Tensor weight = draft.weights().blockedOutputs(new Kernel.Depthwise(channels, number, taps));
      KernelForm form = new KernelForm(weight, channels, value);
      parts.add(BlockedConvolution.write(form, depthwise, sizes, Optional.empty(), draft));
    }
    return emitter.concatenate(1, parts);
  }

  /** The tiles of all pictures as those of one, one picture below the other. */
  private Value folded(Value value) {
    long[] sizes = value.shape().sizes();
    long elements = sizes[2] * sizes[3] * draft.block();
    Value pictures = emitter.reshape(value, batch, sizes[1] / draft.block(), elements);
    return emitter.reshape(
        emitter.transpose(pictures, 1, 0, 2), 1, sizes[1], batch * sizes[2], sizes[3]);
  }

  private Value products(Value value, Optional<Tensor> bias) {
    Tensor weight = draft.weights().blocked(kernel, tiling.ofTaps());
    Window window =
        new Window(
            List.of(over(tiling.rows(), value.size(2)), over(tiling.columns(), value.size(3))));
    long[] extents = window.outputSizes();
    long[] sizes = {value.size(0), weight.sizes()[0], extents[0], extents[1]};
    Optional<Tensor> added = bias.map(draft.weights()::vector).map(tiling::ofBias);
    KernelForm form = new KernelForm(weight, tiling.products(), value);
    return BlockedConvolution.write(form, window, sizes, added, draft);
  }

  private static Window.Axis over(TiledAxis axis, long positions) {
    return axis.isTiled() ? TiledAxis.still(positions) : axis.axis();
  }

  /** {@code [N, outputs of a tile, what is left of the products' axes]}. */
  private Value outputs(Value products) {
    long[] sizes = products.shape().sizes();
    long elements = sizes[1] / tiling.products() * sizes[2] * sizes[3];
    Value separate = emitter.reshape(products, sizes[0], tiling.products(), elements);
    return emitter.matrixMultiply(emitter.constant(tiling.ofProducts()), separate);
  }

  /** The outputs of all tiles at their places, without those beyond the end. */
  private Value interleaved(Value outputs) {
    TiledAxis rows = tiling.rows();
    TiledAxis columns = tiling.columns();
    int channels = kernel.outputs();
    long blocks = draft.weights().padded(channels) / draft.block();
    Value ordered =
        isFolded
            ? transposed(
                outputs,
                new int[] {3, 2, 4, 1, 5, 0, 6},
                columns.outputs(),
                rows.outputs(),
                blocks,
                batch,
                rows.tiles(),
                columns.tiles(),
                draft.block())
            : transposed(
                outputs,
                new int[] {0, 3, 4, 2, 5, 1, 6},
                batch,
                columns.outputs(),
                rows.outputs(),
                blocks,
                rows.tiles(),
                columns.tiles(),
                draft.block());
    long tiledHeight = rows.tiles() * rows.outputs();
    long tiledWidth = columns.tiles() * columns.outputs();
    Value whole =
        emitter.reshape(ordered, draft.viewSizes(batch, channels, tiledHeight, tiledWidth));
    long height = rows.axis().output();
    long width = columns.axis().output();
    if (tiledHeight > height || tiledWidth > width) {
      Value starts = emitter.integers(0, 0);
      Value ends = emitter.integers(height, width);
      whole = emitter.apply("Slice", whole, starts, ends, emitter.integers(2, 3));
    }
    return emitter.reshape(whole, draft.flatSizes(batch, channels, height, width));
  }

  /**
   * A value of these sizes, its axes in another order. Axes of one element are left out: they would
   * keep the runtime from copying at once what lies together.
   */
  private Value transposed(Value value, int[] order, long... sizes) {
    int[] places = new int[sizes.length];
    int rank = 0;
    for (int axis = 0; axis < sizes.length; axis++) {
      places[axis] = sizes[axis] > 1 ? rank++ : -1;
    }
    long[] present = Arrays.stream(sizes).filter(size -> size > 1).toArray();
    int[] permutation =
        Arrays.stream(order).map(axis -> places[axis]).filter(place -> place >= 0).toArray();
    return emitter.transpose(emitter.reshape(value, present), permutation);
  }
}
