package dev.phosphene.graph;

import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Checks that a graph is well formed; done after a model was read and after it was differentiated,
 * so that what comes later need not doubt it.
 */
public final class Verification {
  private Verification() {}

  /**
   * Checks that every value is given once, before it is read, and that outputs are given.
   *
   * @throws PhospheneException naming the node and the value that break this
   */
  public static void verify(Graph graph) {
    verify(graph, Set.of());
  }

  /**
   * Checks the order of values, and that types and shapes are those which the operators give.
   *
   * @throws PhospheneException naming the node and the value that break this
   */
  public static void verify(Graph graph, OperatorTable operators) {
    verify(graph, Set.of());
    for (Node node : graph.nodes()) {
      verifyTypes(node, graph, operators);
    }
  }

  private static void verify(Graph graph, Set<String> around) {
    Set<String> given = new HashSet<>(around);
    for (Value input : graph.inputs()) {
      if (!given.add(input.name())) {
        throw new PhospheneException(
            "Two inputs of the graph have the name \"%s\"; names must be unique"
                .formatted(input.name()));
      }
    }
    for (String constant : graph.constants().keySet()) {
      if (!given.add(constant)) {
        throw new PhospheneException(
            "A constant has the name \"%s\" of another value; names must be unique"
                .formatted(constant));
      }
    }
    for (Node node : graph.nodes()) {
      verify(node, given);
    }
    for (String output : graph.outputs()) {
      if (!given.contains(output)) {
        throw new PhospheneException(
            "Output \"%s\" of the graph is given by no node".formatted(output));
      }
    }
  }

  private static void verify(Node node, Set<String> given) {
    for (String input : node.inputs()) {
      if (!input.isEmpty() && !given.contains(input)) {
        throw new PhospheneException(
            "%s: input \"%s\" is given by nothing before it".formatted(node.describe(), input));
      }
    }
    for (Attribute attribute : node.attributes().values().values()) {
      if (attribute instanceof Attribute.GraphValue body) {
        verifyBody(node, body.value(), given);
      }
    }
    for (String output : node.outputs()) {
      if (!output.isEmpty() && !given.add(output)) {
        throw new PhospheneException(
            "%s: another value has the name \"%s\" of its output; names must be unique"
                .formatted(node.describe(), output));
      }
    }
  }

  private static void verifyBody(Node node, Graph body, Set<String> given) {
    try {
      verify(body, given);
    } catch (PhospheneException problem) {
      throw new PhospheneException(
          "%s: in its body: %s".formatted(node.describe(), problem.getMessage()), problem);
    }
  }

  private static void verifyTypes(Node node, Graph graph, OperatorTable operators) {
    Optional<OperatorSpec> spec = operators.find(node.type());
    if (spec.isEmpty()) {
      return;
    }
    List<Value> arguments =
        node.inputs().stream()
            .map(name -> name.isEmpty() ? Value.ABSENT : graph.value(name))
            .toList();
    Inference inference =
        new Inference(node, arguments, name -> Optional.ofNullable(graph.constants().get(name)));
    spec.get().inference().infer(inference);
    for (Value inferred : inference.result()) {
      Value noted = graph.value(inferred.name());
      if (inferred.isPresent() && contradict(inferred, noted)) {
        throw new PhospheneException(
            "%s: output \"%s\" should be %s%s, found %s%s"
                .formatted(
                    node.describe(),
                    inferred.name(),
                    inferred.type(),
                    inferred.shape(),
                    noted.type(),
                    noted.shape()));
      }
    }
  }

  private static boolean contradict(Value inferred, Value noted) {
    boolean types =
        inferred.type() != ElementType.UNKNOWN
            && noted.type() != ElementType.UNKNOWN
            && inferred.type() != noted.type();
    return types || contradict(inferred.shape(), noted.shape());
  }

  private static boolean contradict(Shape a, Shape b) {
    if (!a.isRankKnown() || !b.isRankKnown()) {
      return false;
    }
    if (a.rank() != b.rank()) {
      return true;
    }
    for (int axis = 0; axis < a.rank(); axis++) {
      Dimension inA = a.dimension(axis);
      Dimension inB = b.dimension(axis);
      if (inA.isKnown() && inB.isKnown() && inA.size() != inB.size()) {
        return true;
      }
    }
    return false;
  }
}
