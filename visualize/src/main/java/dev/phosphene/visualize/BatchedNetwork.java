package dev.phosphene.visualize;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.Simplification;
import dev.phosphene.graph.rewrite.Specialization;
import dev.phosphene.model.HeldInputs;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.model.TokenGrid;
import dev.phosphene.model.TokenGrids;
import dev.phosphene.tensor.Shape;
import dev.phosphene.visualize.loss.Expression;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The part of a model from its image input to the layers that are looked at, for a fixed number of
 * pictures: shapes known, shape arithmetic folded, normalizations folded into convolutions.
 */
final class BatchedNetwork {
  /** Largest number of pictures in a batch: beyond it, throughput does not grow. */
  private static final int LARGEST_BATCH = 16;

  /** Bytes of activations that a batch may have, before a backward pass doubles them. */
  private static final long BATCH_BYTES = 1L << 30;

  private final Graph graph;
  private final Value input;
  private final TokenGrids grids;

  private BatchedNetwork(Graph graph, Value input, TokenGrids grids) {
    this.graph = graph;
    this.input = input;
    this.grids = grids;
  }

  /**
   * Specializes a model.
   *
   * @param image name of the image input
   * @param targets at least one; all keep their values
   * @param inputShape of the image input, in the model's layout
   * @throws PhospheneException where the model does not take inputs of this shape, or a target does
   *     not follow from the image input
   */
  static BatchedNetwork of(Model model, String image, List<Target> targets, Shape inputShape) {
    List<String> values = targets.stream().map(Target::value).distinct().toList();
    if (values.contains(image)) {
      throw new PhospheneException(
          "\"%s\" is the input of the model; choose a layer after it".formatted(image));
    }
    Graph specialized = specialized(model, image, values, inputShape);
    Graph simplified =
        Simplification.around(specialized, Set.copyOf(values), StandardOperators.table());
    return checked(simplified, specialized, image, targets, inputShape);
  }

  private static BatchedNetwork checked(
      Graph network, Graph unfolded, String image, List<Target> targets, Shape inputShape) {
    if (!network.isInput(image)) {
      throw new PhospheneException(
          "Layer \"%s\" does not depend on the input \"%s\""
              .formatted(targets.get(0).layer().name(), image));
    }
    for (Target target : targets) {
      requireKnownShape(network, target, inputShape);
    }
    return new BatchedNetwork(network, network.value(image), TokenGrids.of(unfolded));
  }

  /**
   * A network in which nothing is folded or moved: every value that leads to a target still does.
   */
  static BatchedNetwork unfolded(
      Model model, String image, List<Target> targets, Shape inputShape) {
    List<String> values = targets.stream().map(Target::value).distinct().toList();
    Graph specialized = specialized(model, image, values, inputShape);
    return checked(specialized, specialized, image, targets, inputShape);
  }

  /** Other inputs are constants before shapes are fixed, so that what follows from them folds. */
  private static Graph specialized(
      Model model, String image, List<String> values, Shape inputShape) {
    Graph needed = model.graph().reaching(values);
    Graph held = HeldInputs.of(model, needed, image, inputShape).applyTo(needed);
    return Specialization.of(
        held,
        held.isInput(image) ? Map.of(image, inputShape) : Map.of(),
        StandardOperators.table());
  }

  private static void requireKnownShape(Graph network, Target target, Shape inputShape) {
    Shape shape = network.value(target.value()).shape();
    if (shape.isStatic()) {
      return;
    }
    // An operator that no one knows is the likely reason why a shape is not known.
    for (Node node : network.reaching(List.of(target.value())).nodes()) {
      if (StandardOperators.table().find(node.type()).isEmpty()) {
        throw new PhospheneException(
            "Operator %s between the input and layer \"%s\" is not supported; choose a layer before it"
                .formatted(node.describe(), target.layer().name()));
      }
    }
    throw new PhospheneException(
        "The shape of layer \"%s\" does not follow from an input %s, found %s"
            .formatted(target.layer().name(), inputShape, shape));
  }

  /**
   * Specializes a model to one picture.
   *
   * @throws PhospheneException as {@link #of}
   */
  static BatchedNetwork ofOnePicture(Model model, List<Target> targets, InputSpace space) {
    return of(model, space.input(), targets, space.modelShape(1));
  }

  /**
   * Specializes a model to several pictures; empty where it mixes pictures or is made for a fixed
   * number of them.
   */
  static Optional<BatchedNetwork> ofPictures(
      Model model, List<Target> targets, InputSpace space, int pictures) {
    try {
      BatchedNetwork network = of(model, space.input(), targets, space.modelShape(pictures));
      return Optional.of(network)
          .filter(
              found -> targets.stream().allMatch(target -> found.countsPictures(target, pictures)));
    } catch (PhospheneException fixedBatch) {
      // Models exported for one picture have shapes that contradict more; one at a time will do.
      return Optional.empty();
    }
  }

  /**
   * This network of one picture for batches of as many as are of use and fit memory; itself where
   * the model takes one at a time.
   *
   * @param targets with which it was made
   * @param pictures that there are in all: batches are of equal size, as far as that goes
   */
  BatchedNetwork inBatches(Model model, List<Target> targets, InputSpace space, int pictures) {
    long fitting = Math.max(1, BATCH_BYTES / Math.max(1, activationBytes()));
    int most = (int) Math.min(fitting, Math.min(LARGEST_BATCH, pictures));
    if (most == 1) {
      return this;
    }
    int batches = (pictures + most - 1) / most;
    return ofPictures(model, targets, space, (pictures + batches - 1) / batches).orElse(this);
  }

  private boolean countsPictures(Target target, int pictures) {
    Shape shape = output(target).shape();
    return shape.rank() > 0
        && shape.size(0) == pictures
        && !target.layer().filterAxis().equals(OptionalInt.of(0));
  }

  /** Number of pictures that it takes at once. */
  int pictures() {
    return (int) input.size(0);
  }

  /** The value of a target, with its shape. */
  Value output(Target target) {
    return value(target.value());
  }

  /** What is known of a value, if it is still there. */
  Value value(String name) {
    return graph.value(name);
  }

  /** How a layer's value is seen. */
  ActivationView view(Layer layer, String value) {
    return ActivationView.of(layer, value(value).shape(), grids.of(value), pictures());
  }

  /** Number of filters of a target that has some. */
  long filters(Target target) {
    return view(target.layer(), target.value()).filters();
  }

  /** A target's value in a graph as losses see it. */
  Expression activation(Emitter emitter, Target target, Value computed) {
    return view(target.layer(), target.value()).of(emitter, computed);
  }

  /** How tokens of a value lie over the input; empty where they do not, or it has none. */
  Optional<TokenGrid> tokens(String value) {
    return grids.of(value);
  }

  /** The values of which some targets look at every position. */
  Set<String> lookedAt(List<Target> some) {
    return grids.lookedAt(some.stream().map(Target::value).toList());
  }

  /** Whether some targets are computed from a value. */
  boolean leadsTo(String value, List<Target> some) {
    return graph.reaching(some.stream().map(Target::value).toList()).defines(value);
  }

  /** Names of all values, to be kept free in a graph to which the network will be appended. */
  Set<String> names() {
    Set<String> names = new HashSet<>(graph.constants().keySet());
    graph.inputs().forEach(held -> names.add(held.name()));
    graph.nodes().forEach(node -> names.addAll(node.outputs()));
    return names;
  }

  /** Bytes of all values between nodes: what one run computes, whatever it keeps at a time. */
  long activationBytes() {
    long bytes = 0;
    for (Node node : graph.nodes()) {
      for (String output : node.outputs()) {
        Value value = graph.value(output);
        if (value.shape().isStatic()) {
          bytes += value.shape().elements() * value.type().bytes();
        }
      }
    }
    return bytes;
  }

  /**
   * Adds the network to a graph, all values under their own names.
   *
   * @param image in the model's layout and units
   */
  void append(GraphBuilder builder, Value image) {
    builder.add(
        new Node(
            "",
            OperatorType.of("Identity"),
            List.of(image.name()),
            List.of(input.name()),
            Attributes.none(),
            Map.of()));
    graph.constants().forEach(builder::constant);
    for (Node node : graph.nodes()) {
      builder.add(node, node.outputs().stream().map(graph::value).toList());
    }
  }
}
