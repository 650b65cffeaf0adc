package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorTable;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * A graph being written in the blocked layout: which values of the original one are there already,
 * and in which form. Forms that are missing are made when they are asked for, once.
 *
 * <p>A blocked value of logical sizes {@code [N, C, spatial...]} has C filled up to whole blocks of
 * B. Its bytes can be seen in two ways: <i>flat</i>, {@code [N, C, H, W]} as the blocked kernels
 * declare it (with more or fewer spatial axes than two: {@code [N, C, positions, 1]}), and as the
 * <i>view</i> {@code [N, C/B, spatial..., B]}, whose axes from the third on are those of the value.
 * Elements of padding channels are finite and otherwise arbitrary.
 */
final class BlockedDraft {
  /** Of the runtime's operators in this layout. */
  static final String DOMAIN = "com.microsoft.nchwc";

  /** The runtime reorders only multiples of this many channels. */
  private static final long REORDERED_CHANNELS = 4;

  private static final Node NOTHING =
      new Node("", OperatorType.of("Identity"), List.of(), List.of(), Attributes.none(), Map.of());

  private final Graph graph;
  private final GraphBuilder builder;
  private final BlockedWeights weights;
  private final int block;
  private final ConvolutionAlgorithm algorithm;
  private final Map<String, Value> flats = new HashMap<>();
  private final Map<String, Value> views = new HashMap<>();
  private final Map<String, Value> pointwise = new HashMap<>();
  private final ChannelsLast channelsLast = new ChannelsLast(this);
  private final Map<String, List<Node>> consumers;
  private boolean arrangesProducts;
  private Node current = NOTHING;
  private Map<String, String> notes = Map.of();

  BlockedDraft(
      Graph graph,
      int block,
      ConvolutionAlgorithm algorithm,
      Set<String> names,
      OperatorTable operators) {
    this.graph = graph;
    this.consumers = graph.consumers();
    this.block = block;
    this.algorithm = algorithm;
    this.weights = new BlockedWeights(block);
    this.builder = new GraphBuilder(operators);
    builder.reserve(names);
    graph.inputs().forEach(input -> builder.input(input.name(), input.type(), input.shape()));
    graph.constants().forEach(builder::constant);
  }

  /** Nodes that follow belong to this one. */
  void begin(Node node) {
    current = node;
    // The version of another domain's operators says nothing about those of this one.
    notes = new LinkedHashMap<>(node.metadata());
    notes.remove(Node.Metadata.OPERATOR_SET);
    builder.label(node.name().isEmpty() ? "" : node.name() + "/", notes);
  }

  /** Adds a node as it is. */
  void copy(Node node) {
    Graph.reads(node).forEach(this::plain);
    builder.add(node, node.outputs().stream().map(graph::value).toList());
  }

  /** The new graph, in which all outputs are in their original form. */
  Graph finish() {
    graph.outputs().forEach(this::plain);
    Graph whole = builder.build(graph.outputs());
    Graph needed = whole.reaching(graph.outputs());
    return new Graph(
        graph.inputs(), graph.outputs(), needed.nodes(), needed.constants(), needed.values());
  }

  int block() {
    return block;
  }

  /** How convolutions may be computed. */
  ConvolutionAlgorithm algorithm() {
    return algorithm;
  }

  /** Whether weights of products may be brought into the order of kernels. */
  boolean arrangesProducts() {
    return arrangesProducts;
  }

  void arrangeProducts(boolean arranges) {
    arrangesProducts = arranges;
  }

  /** Values whose channels are their last axis. */
  ChannelsLast channelsLast() {
    return channelsLast;
  }

  /** Whether one input of one node is all that needs this value of the original graph. */
  boolean isReadOnce(String name) {
    List<Node> readers = consumers.getOrDefault(name, List.of());
    return readers.size() == 1 && !graph.outputs().contains(name);
  }

  /** A matrix {@code [outputs, inputs]} as a kernel of one element, once for each name. */
  Value pointwise(String name, WeightView matrix) {
    return pointwise.computeIfAbsent(
        name,
        fresh -> {
          int[] sizes = matrix.sizes();
          WeightView kernel = matrix.reshaped(new long[] {sizes[0], sizes[1], 1, 1}).orElseThrow();
          return builder.constant(weights.blocked(kernel));
        });
  }

  BlockedWeights weights() {
    return weights;
  }

  /** Writes nodes in which values have any form. */
  Emitter emitter() {
    return builder;
  }

  /** What is known of a value of the original graph. */
  Value original(String name) {
    return graph.value(name);
  }

  Optional<Tensor> constant(String name) {
    return Optional.ofNullable(graph.constants().get(name));
  }

  Optional<Node> producer(String name) {
    return graph.producer(name);
  }

  /** Logical sizes of a value; call only for {@link #isShaped}. */
  long[] sizes(String name) {
    return original(name).shape().sizes();
  }

  /** Whether a value is a float32 array {@code [N, C, spatial...]} of known, nonempty sizes. */
  boolean isShaped(String name) {
    Value value = original(name);
    return value.type() == ElementType.FLOAT32
        && value.shape().isStatic()
        && value.rank() >= 3
        && value.shape().elements() > 0;
  }

  boolean isBlocked(String name) {
    return flats.containsKey(name) || views.containsKey(name);
  }

  /** Whether a value is there in its flat form. */
  boolean isFlat(String name) {
    return flats.containsKey(name);
  }

  /** Whether a value is blocked or can be made so. */
  boolean isBlockable(String name) {
    return isBlocked(name)
        || (isShaped(name)
            && constant(name).isEmpty()
            && (sizes(name)[1] % REORDERED_CHANNELS == 0 || isVector(name)));
  }

  /** Whether a value has one position a channel, so that both layouts are the same. */
  boolean isVector(String name) {
    return isShaped(name) && positions(sizes(name)) == 1;
  }

  private static long positions(long[] sizes) {
    return LongStream.of(sizes).skip(2).reduce(1, Math::multiplyExact);
  }

  /** Sizes of a flat form. */
  long[] flatSizes(long... sizes) {
    return sizes.length == 4
        ? new long[] {sizes[0], weights.padded(sizes[1]), sizes[2], sizes[3]}
        : new long[] {sizes[0], weights.padded(sizes[1]), positions(sizes), 1};
  }

  /** Sizes of a view. */
  long[] viewSizes(long... sizes) {
    long[] view = Arrays.copyOf(sizes, sizes.length + 1);
    view[1] = weights.padded(sizes[1]) / block;
    view[sizes.length] = block;
    return view;
  }

  /** A value in its original form. */
  Value plain(String name) {
    if (name.isEmpty() || builder.defines(name)) {
      return builder.value(name);
    }
    if (!isBlocked(name)) {
      return channelsLast.isBlocked(name) ? channelsLast.plain(name) : builder.value(name);
    }
    long[] sizes = sizes(name);
    Value flat = flat(name);
    if (isVector(name)) {
      Value filled = builder.slice(flat, 1, 0, sizes[1]);
      return define(name, "Reshape", filled, builder.integers(sizes));
    }
    Attributes channels = Attributes.of("channels", sizes[1]);
    if (sizes.length == 4) {
      return blockedNode("ReorderOutput", name, channels, sizes, flat);
    }
    long[] ordered = {sizes[0], sizes[1], positions(sizes), 1};
    Value reordered = blocked("ReorderOutput", channels, ordered, flat);
    return define(name, "Reshape", reordered, builder.integers(sizes));
  }

  /** Gives a value of the original graph in its original form. */
  Value define(String name, String operator, Value... arguments) {
    List<String> inputs = Arrays.stream(arguments).map(Value::name).toList();
    Node node =
        new Node(
            name, OperatorType.of(operator), inputs, List.of(name), Attributes.none(), Map.of());
    return builder.add(node, List.of(original(name))).get(0);
  }

  /** A value in its flat form; call only for {@link #isBlockable}. */
  Value flat(String name) {
    Value known = flats.get(name);
    if (known == null) {
      known = views.containsKey(name) ? flattened(name) : reordered(name);
      flats.put(name, known);
    }
    return known;
  }

  private Value flattened(String name) {
    return builder.reshape(views.get(name), flatSizes(sizes(name)));
  }

  private Value reordered(String name) {
    long[] sizes = sizes(name);
    Value plain = plain(name);
    long[] flat = flatSizes(sizes);
    if (isVector(name)) {
      Value vector = builder.reshape(plain, sizes[0], sizes[1], 1, 1);
      return builder.padZeros(vector, 0, 0, 0, 0, 0, flat[1] - sizes[1], 0, 0);
    }
    Value images =
        sizes.length == 4 ? plain : builder.reshape(plain, sizes[0], sizes[1], flat[2], flat[3]);
    return blocked("ReorderInput", Attributes.none(), flat, images);
  }

  /** A value in its view; call only for {@link #isBlockable}. */
  Value view(String name) {
    Value known = views.get(name);
    if (known == null) {
      known = builder.reshape(flat(name), viewSizes(sizes(name)));
      views.put(name, known);
    }
    return known;
  }

  /** A node of the blocked domain, whose shape nothing infers. */
  Value blocked(String operator, Attributes attributes, long[] sizes, Value... arguments) {
    return blockedNode(operator, builder.freshName("blocked"), attributes, sizes, arguments);
  }

  private Value blockedNode(
      String operator, String output, Attributes attributes, long[] sizes, Value... arguments) {
    String prefix = current.name().isEmpty() ? "" : current.name() + '/';
    Node node =
        new Node(
            builder.freshName(prefix + operator),
            new OperatorType(DOMAIN, operator),
            Arrays.stream(arguments).map(Value::name).toList(),
            List.of(output),
            attributes,
            notes);
    Value shaped = new Value(output, ElementType.FLOAT32, Shape.of(sizes));
    return builder.add(node, List.of(shaped)).get(0);
  }

  /** Says that a value of the original graph is there in its flat form. */
  void giveFlat(String name, Value flat) {
    flats.put(name, flat);
  }

  /** Says that a value of the original graph is there in its view. */
  void giveView(String name, Value view) {
    views.put(name, view);
  }

  /** Says that a value of the original graph is there as computed, in its original form. */
  void givePlain(String name, Value computed) {
    define(name, "Identity", computed);
  }
}
