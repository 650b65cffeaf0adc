package dev.phosphene.visualize;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.Simplification;
import dev.phosphene.graph.rewrite.Specialization;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The part of a model from its image input to a target, for a fixed number of pictures: shapes
 * known, shape arithmetic folded, normalizations folded into convolutions.
 */
final class BatchedNetwork {
  private final Graph graph;
  private final Value input;
  private final Target target;
  private final Value output;

  private BatchedNetwork(Graph graph, Value input, Target target, Value output) {
    this.graph = graph;
    this.input = input;
    this.target = target;
    this.output = output;
  }

  /**
   * Specializes a model.
   *
   * @param image name of the image input
   * @param inputShape of the image input, in the model's layout
   * @throws PhospheneException where the model does not take inputs of this shape
   */
  static BatchedNetwork of(Graph model, String image, Target target, Shape inputShape) {
    Graph needed = model.reaching(List.of(target.value()));
    Map<String, Shape> shapes = new HashMap<>();
    for (Value input : needed.inputs()) {
      shapes.put(input.name(), input.name().equals(image) ? inputShape : heldShape(input));
    }
    Graph specialized = Specialization.of(needed, shapes, StandardOperators.table());
    Graph simplified =
        Simplification.around(specialized, Set.of(target.value()), StandardOperators.table());
    Value output = simplified.value(target.value());
    if (!simplified.isInput(image)) {
      throw new PhospheneException(
          "Layer \"%s\" does not depend on the input \"%s\""
              .formatted(target.layer().name(), image));
    }
    if (!output.shape().isStatic()) {
      requireKnownOperators(simplified, target);
      throw new PhospheneException(
          "The shape of layer \"%s\" does not follow from an input %s, found %s"
              .formatted(target.layer().name(), inputShape, output.shape()));
    }
    return new BatchedNetwork(simplified, simplified.value(image), target, output);
  }

  /** An operator that no one knows is the likely reason why a shape is not known. */
  private static void requireKnownOperators(Graph network, Target target) {
    for (Node node : network.nodes()) {
      if (StandardOperators.table().find(node.type()).isEmpty()) {
        throw new PhospheneException(
            "Operator %s between the input and layer \"%s\" is not supported; choose a layer before it"
                .formatted(node.describe(), target.layer().name()));
      }
    }
  }

  /**
   * Specializes a model to one picture.
   *
   * @throws PhospheneException where the target's first axis does not count pictures
   */
  static BatchedNetwork ofOnePicture(Graph model, Target target, InputSpace space) {
    BatchedNetwork single = of(model, space.input(), target, space.modelShape(1));
    if (single.pictures() != 1) {
      throw new PhospheneException(
          "The first axis of layer \"%s\" should count pictures; for one picture its shape is %s"
              .formatted(target.layer().name(), single.output.shape()));
    }
    return single;
  }

  /**
   * Specializes a model to several pictures; empty where it mixes pictures or is made for a fixed
   * number of them.
   */
  static Optional<BatchedNetwork> ofPictures(
      Graph model, Target target, InputSpace space, int pictures) {
    try {
      BatchedNetwork network = of(model, space.input(), target, space.modelShape(pictures));
      return Optional.of(network).filter(found -> found.pictures() == pictures);
    } catch (PhospheneException fixedBatch) {
      // Models exported for one picture have shapes that contradict more; one at a time will do.
      return Optional.empty();
    }
  }

  /** A shape for an input that is held at zero: unknown sizes are 1. */
  private static Shape heldShape(Value input) {
    if (!input.shape().isRankKnown()) {
      return input.shape();
    }
    long[] sizes = input.shape().sizes();
    for (int axis = 0; axis < sizes.length; axis++) {
      sizes[axis] = sizes[axis] < 0 ? 1 : sizes[axis];
    }
    return Shape.of(sizes);
  }

  int pictures() {
    return (int) output.size(0);
  }

  /** The axis of the target that counts filters; only for a target that has some. */
  int filterAxis() {
    return target.filterAxis();
  }

  /** Number of filters of the target. */
  long filters() {
    return output.size(filterAxis());
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
   * @return the target's value
   */
  Value append(GraphBuilder builder, Value image) {
    builder.add(
        new Node(
            "",
            OperatorType.of("Identity"),
            List.of(image.name()),
            List.of(input.name()),
            Attributes.none(),
            Map.of()));
    for (Value held : graph.inputs()) {
      if (!held.equals(input)) {
        builder.constant(held.name(), zeros(held));
      }
    }
    graph.constants().forEach(builder::constant);
    for (Node node : graph.nodes()) {
      builder.add(node, node.outputs().stream().map(graph::value).toList());
    }
    return builder.value(output.name());
  }

  private static Tensor zeros(Value held) {
    if (!held.shape().isStatic() || held.type() == ElementType.STRING) {
      throw new PhospheneException(
          "Input \"%s\" (%s%s) cannot be held at zero"
              .formatted(held.name(), held.type(), held.shape()));
    }
    int bytes = Math.toIntExact(held.shape().elements() * held.type().bytes());
    return Tensor.over(held.type(), held.shape().sizes(), ByteBuffer.allocate(bytes));
  }
}
