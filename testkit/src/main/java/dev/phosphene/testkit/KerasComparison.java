package dev.phosphene.testkit;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.Simplification;
import dev.phosphene.graph.rewrite.Specialization;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.model.keras.hdf.HdfGroup;
import dev.phosphene.model.keras.hdf.Region;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares a Keras model with what Keras on TensorFlow computed for it, as {@code
 * benchmark/peers/keras_layers.py} stores that.
 */
public final class KerasComparison {
  private final Model model;
  private final HdfGroup reference;
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private final List<String> layers;

  /**
   * What came of a comparison; errors are relative L2 norms.
   *
   * @param layers names of {@code model.layers}
   * @param kinds of those layers
   * @param errors of the layers' outputs, by their names
   * @param gradient error of the gradients at all inputs, taken together
   * @param noise how far Keras' own gradient moves when inputs are perturbed by 1e-6
   */
  public record Result(
      List<String> layers,
      List<String> kinds,
      Map<String, Double> errors,
      double gradient,
      double noise) {}

  private KerasComparison(Model model, HdfGroup reference) {
    this.model = model;
    this.reference = reference;
    this.layers = reference.texts("layers");
    for (String name : reference.group("inputs").orElseThrow().names()) {
      inputs.put(name, stored("inputs/" + name));
    }
  }

  /** Computes all layers and the gradient, and compares. */
  public static Result of(Model model, Path reference) throws IOException {
    try (FileChannel channel = FileChannel.open(reference)) {
      HdfGroup root = HdfGroup.root(new Region.InFile(channel, 0, channel.size()));
      KerasComparison comparison = new KerasComparison(model, root);
      return new Result(
          comparison.layers,
          root.texts("kinds"),
          comparison.layerErrors(),
          comparison.gradientError(),
          root.tensor("noise").orElseThrow().getDouble(0));
    }
  }

  private Tensor stored(String path) {
    return reference.tensor(path).orElseThrow(() -> new IllegalStateException("No " + path));
  }

  private Map<String, Double> layerErrors() {
    Map<String, String> values = new LinkedHashMap<>();
    for (String name : layers) {
      Layer layer = model.layers().find(name);
      values.put(name, layer.output());
    }
    Map<String, Tensor> computed = run(specialized(List.copyOf(values.values())));
    Map<String, Double> errors = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          Tensor given = inputs.get(value);
          Tensor found = given == null ? computed.get(value) : given;
          errors.put(name, relativeError(found, stored("layers/" + name.replace('/', '|'))));
        });
    return errors;
  }

  private double gradientError() {
    String output = model.graph().outputs().get(0);
    GraphBuilder builder =
        GraphBuilder.from(specialized(List.of(output)), StandardOperators.table());
    List<String> names = reference.group("gradients").orElseThrow().names();
    List<Value> wanted = names.stream().map(builder::value).toList();
    Value cotangent = builder.constant(stored("cotangent"));
    List<Value> gradients =
        Differentiation.vectorJacobianProducts(
            builder, builder.value(output), cotangent, wanted, StandardRules.rules());
    Map<String, String> given = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      given.put(names.get(i), builder.apply("Identity", gradients.get(i)).name());
    }
    Map<String, Tensor> computed = run(builder.build(List.copyOf(given.values())));
    List<Tensor> found = new ArrayList<>();
    List<Tensor> expected = new ArrayList<>();
    given.forEach(
        (name, value) -> {
          found.add(computed.get(value));
          expected.add(stored("gradients/" + name));
        });
    return relativeError(found, expected);
  }

  /** The part of the model that gives these values, for the sizes of the stored inputs. */
  private Graph specialized(List<String> values) {
    Graph graph = model.graph();
    List<String> computed = values.stream().filter(value -> !graph.isInput(value)).toList();
    Graph wanted =
        new Graph(graph.inputs(), computed, graph.nodes(), graph.constants(), graph.values());
    Map<String, Shape> shapes = new HashMap<>();
    inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    Graph sized = Specialization.of(wanted, shapes, StandardOperators.table());
    return Simplification.around(sized, computed, StandardOperators.table());
  }

  private Map<String, Tensor> run(Graph graph) {
    Graph needed = graph.reaching(graph.outputs());
    try (Session session = Session.compile(needed, SessionSettings.DEFAULT)) {
      Map<String, Tensor> given = new HashMap<>();
      for (Value input : session.inputs()) {
        given.put(input.name(), inputs.get(input.name()).as(input.type()));
      }
      return Map.copyOf(session.run(given));
    }
  }

  private static double relativeError(Tensor found, Tensor expected) {
    return relativeError(List.of(found), List.of(expected));
  }

  private static double relativeError(List<Tensor> found, List<Tensor> expected) {
    double error = 0;
    double norm = 0;
    for (int part = 0; part < expected.size(); part++) {
      if (!found.get(part).shape().equals(expected.get(part).shape())) {
        throw new AssertionError(
            "Expected shape %s, found %s"
                .formatted(expected.get(part).shape(), found.get(part).shape()));
      }
      double[] a = found.get(part).toDoubles();
      double[] b = expected.get(part).toDoubles();
      for (int i = 0; i < b.length; i++) {
        error += (a[i] - b[i]) * (a[i] - b[i]);
        norm += b[i] * b[i];
      }
    }
    return error == 0 ? 0 : Math.sqrt(error / norm);
  }
}
