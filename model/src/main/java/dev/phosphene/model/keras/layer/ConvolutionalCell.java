package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The cell of convolutional long short-term memory (Shi et al., 2015), without peepholes as in
 * Keras: convolutions take the place of products.
 *
 * @param sliding of the convolution of the input; that of the state keeps its size
 * @param kernel {@code [4 * filters, channels, ...]}
 * @param recurrent {@code [4 * filters, filters, ...]}
 * @param zeros the state before the first time step
 */
record ConvolutionalCell(
    LayerCall call, Sliding sliding, Value kernel, Value recurrent, Value bias, Value zeros)
    implements RecurrentCell {
  /** Of the state of one example. */
  private static final double MOST_ELEMENTS = 64 << 20;

  static RecurrentCell of(LayerCall call, int axes) {
    Emitter graph = call.graph();
    Value x = call.input(axes + 3);
    Sliding sliding = Sliding.ofConvolution(call, axes);
    LayerWeights weights = call.weights().part("cell");
    long filters = call.config().count("filters");
    long channels = call.size(x, call.isChannelsFirst() ? 2 : axes + 2);
    Value kernel = kernel(call, weights, "kernel", sliding.kernel(), channels, 4 * filters);
    Value recurrent =
        kernel(call, weights, "recurrent_kernel", sliding.kernel(), filters, 4 * filters);
    Value bias =
        call.config().flag("use_bias", true)
            ? call.constant("bias", call.checked(weights.next("bias"), "bias", 4 * filters))
            : Value.ABSENT;
    long[] state = new long[axes + 2];
    state[0] = 1;
    state[1] = filters;
    int first = call.isChannelsFirst() ? 3 : 2;
    for (int axis = 0; axis < axes; axis++) {
      state[axis + 2] = positions(sliding, axis, call.size(x, first + axis));
    }
    double elements = Arrays.stream(state).asDoubleStream().reduce(1, (a, b) -> a * b);
    if (elements < 1 || elements > MOST_ELEMENTS) {
      throw call.error("its states would have shape " + Arrays.toString(state));
    }
    Value zeros = graph.constant(Tensor.of(new float[(int) elements], state));
    Value ordered = call.isChannelsFirst() ? zeros : ChannelOrder.restore(call, zeros);
    return new ConvolutionalCell(call, sliding, kernel, recurrent, bias, ordered);
  }

  private static long positions(Sliding sliding, int axis, long size) {
    long stride = sliding.strides()[axis];
    return sliding.padding().equals("same")
        ? (size + stride - 1) / stride
        : (size - sliding.extent(axis)) / stride + 1;
  }

  private static Value kernel(
      LayerCall call, LayerWeights weights, String what, long[] spatial, long in, long out) {
    int axes = spatial.length;
    long[] sizes = Arrays.copyOf(spatial, axes + 2);
    sizes[axes] = in;
    sizes[axes + 1] = out;
    Tensor kernel = call.checked(weights.next(what), what, sizes);
    int[] order = new int[axes + 2];
    order[0] = axes + 1;
    order[1] = axes;
    for (int axis = 0; axis < axes; axis++) {
      order[axis + 2] = axis;
    }
    return call.constant(what, KernelOrder.permuted(kernel, order));
  }

  /** All time steps are convolved as examples of one batch. */
  @Override
  public Value prepared(Value sequence) {
    Emitter graph = call.graph();
    long[] sizes = new long[sequence.rank() - 1];
    sizes[0] = -1;
    for (int axis = 1; axis < sizes.length; axis++) {
      sizes[axis] = call.size(sequence, axis + 1);
    }
    Value x = ChannelOrder.toFirst(call, graph.reshape(sequence, sizes));
    List<Value> operands = new ArrayList<>(List.of(x, kernel));
    if (bias.isPresent()) {
      operands.add(bias);
    }
    Value convolved = graph.apply("Conv", sliding.attributes(x), operands.toArray(Value[]::new));
    Value ordered = ChannelOrder.restore(call, convolved);
    long[] restored = new long[sequence.rank()];
    restored[0] = -1;
    restored[1] = call.size(sequence, 1);
    for (int axis = 2; axis < restored.length; axis++) {
      restored[axis] = call.size(ordered, axis - 1);
    }
    return graph.reshape(ordered, restored);
  }

  @Override
  public RecurrentCell within(Emitter body) {
    return new ConvolutionalCell(call.within(body), sliding, kernel, recurrent, bias, zeros);
  }

  @Override
  public List<Value> initialStates() {
    return List.of(zeros, zeros);
  }

  @Override
  public Step step(Value input, List<Value> states) {
    Emitter graph = call.graph();
    int axes = sliding.axes();
    long[] ones = new long[axes];
    Arrays.fill(ones, 1);
    Value state = ChannelOrder.toFirst(call, states.get(0));
    Attributes same = new Sliding(sliding.kernel(), ones, ones, "same").attributes(state);
    Value own = ChannelOrder.restore(call, graph.apply("Conv", same, state, recurrent));
    Value sum = graph.add(input, own);
    int axis = call.channelAxis(sum);
    long filters = call.config().count("filters");
    List<Value> gates = new ArrayList<>();
    for (int gate = 0; gate < 4; gate++) {
      gates.add(graph.slice(sum, axis, gate * filters, (gate + 1) * filters));
    }
    return GatedCells.remembered(call, gates, states.get(1));
  }
}
