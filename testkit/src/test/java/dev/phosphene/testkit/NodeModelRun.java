package dev.phosphene.testkit;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.Specialization;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs one operator test: its outputs, then the gradient at each floating input. */
final class NodeModelRun {
  /** What comes of a test. */
  enum Kind {
    /** Outputs as stored, gradients as finite differences. */
    PASSED,
    /** Outputs as stored; no input carries a derivative, or rounding is passed by convention. */
    WITHOUT_GRADIENT,
    /** The runtime has no kernel, or takes no such values. */
    NOT_IMPLEMENTED,
    FAILED
  }

  /**
   * What came of a test.
   *
   * @param reason in one line; empty where it passed
   */
  record Outcome(Kind kind, String reason) {}

  /** As the ONNX project's own runner compares. */
  private static final double RELATIVE_TOLERANCE = 1e-3;

  /** What float32 sums lose by cancellation, relative to the largest element. */
  private static final double CANCELLATION = 1e-6;

  private static final Set<String> RANDOM =
      Set.of(
          "Bernoulli",
          "Multinomial",
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike");

  private final Path file;
  private final NodeModel model;

  NodeModelRun(Path file, NodeModel model) {
    this.file = file;
    this.model = model;
  }

  Outcome outcome() {
    Optional<String> problem = runProblem();
    if (problem.isPresent()) {
      return NodeModelReference.limit(file, model)
          .map(limit -> new Outcome(Kind.NOT_IMPLEMENTED, limit))
          .orElse(new Outcome(Kind.FAILED, problem.get()));
    }
    boolean flows = false;
    for (String name : model.inputs().keySet()) {
      NodeModelGradient.Result result = gradient(name);
      if (!result.problem().isEmpty()) {
        return new Outcome(Kind.FAILED, "gradient at \"%s\": %s".formatted(name, result.problem()));
      }
      flows |= result.flows();
    }
    return new Outcome(flows ? Kind.PASSED : Kind.WITHOUT_GRADIENT, "");
  }

  private Optional<String> runProblem() {
    try {
      return compareOutputs().stream().findFirst();
    } catch (PhospheneException failure) {
      return Optional.of(failure.getMessage());
    }
  }

  private NodeModelGradient.Result gradient(String name) {
    try {
      return new NodeModelLoss(model, name).check();
    } catch (PhospheneException failure) {
      return new NodeModelGradient.Result(false, failure.getMessage());
    }
  }

  private List<String> compareOutputs() {
    List<String> held =
        model.inputs().entrySet().stream()
            .filter(input -> !isTransferable(input.getValue().type()))
            .map(Map.Entry::getKey)
            .toList();
    NodeModel open = model.fixing(held);
    Graph graph = specialized(open);
    GraphBuilder builder = GraphBuilder.from(graph, StandardOperators.table());
    List<String> names = new ArrayList<>();
    for (String output : graph.outputs()) {
      Value value = builder.value(output);
      names.add(
          (isTransferable(value.type())
                  ? builder.apply("Identity", value)
                  : builder.cast(value, ElementType.INT64))
              .name());
    }
    List<String> problems = new ArrayList<>();
    try (Session session =
        Session.compile(builder.build(names).reaching(names), SessionSettings.SMALL)) {
      Map<String, Tensor> computed = session.run(given(session, open.inputs()));
      for (int i = 0; i < names.size(); i++) {
        Tensor expected = model.outputs().get(i);
        Tensor found = computed.get(names.get(i));
        // Of what is random, the shape is known.
        compare(graph.outputs().get(i), isRandom() ? found : expected, found, problems);
      }
    }
    return problems;
  }

  static Graph specialized(NodeModel model) {
    return Specialization.of(model.graph(), model.shapes(), StandardOperators.table());
  }

  static Map<String, Tensor> given(Session session, Map<String, Tensor> inputs) {
    Map<String, Tensor> given = new LinkedHashMap<>(inputs);
    given.keySet().retainAll(session.inputs().stream().map(Value::name).toList());
    return given;
  }

  private static boolean isTransferable(ElementType type) {
    return switch (type) {
      case UINT16, UINT32, UINT64 -> false;
      default -> true;
    };
  }

  static void compare(String name, Tensor expected, Tensor found, List<String> problems) {
    if (!Arrays.equals(expected.sizes(), found.sizes())) {
      problems.add(
          "output \"%s\": expected shape %s, found %s"
              .formatted(name, expected.shape(), found.shape()));
      return;
    }
    double[] a = expected.toDoubles();
    double[] b = found.toDoubles();
    double largest = Arrays.stream(a).map(Math::abs).filter(Double::isFinite).max().orElse(0);
    for (int i = 0; i < a.length; i++) {
      double bound = RELATIVE_TOLERANCE * Math.abs(a[i]) + CANCELLATION * largest + 1e-7;
      boolean same = Double.compare(a[i], b[i]) == 0 || Math.abs(a[i] - b[i]) <= bound;
      if (!same) {
        problems.add("output \"%s\": expected %s at %d, found %s".formatted(name, a[i], i, b[i]));
        return;
      }
    }
  }

  private boolean isRandom() {
    return model.graph().nodes().stream().anyMatch(NodeModelRun::isRandom);
  }

  static boolean isRandom(Node node) {
    return RANDOM.contains(node.type().name()) || (node.is("Dropout") && node.inputs().size() > 2);
  }
}
