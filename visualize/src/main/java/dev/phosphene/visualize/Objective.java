package dev.phosphene.visualize;

import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.visualize.diagnosis.Course;
import dev.phosphene.visualize.loss.Expression;
import dev.phosphene.visualize.loss.Scene;
import dev.phosphene.visualize.loss.WeightedLoss;
import dev.phosphene.visualize.optimizer.GradientModifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is minimized: weighted losses over the layer that a run was asked for, and over whatever
 * other layers they look at.
 *
 * @param chosen the layer that the run was asked for; null for none
 * @param softmax whether a softmax at the end of a layer is kept
 */
record Objective(Model model, List<WeightedLoss> losses, @Nullable Target chosen, boolean softmax) {

  /**
   * Losses in a graph.
   *
   * @param terms each loss that counts, before it is weighted
   * @param overall the weighted sum, {@code [N]}
   */
  record Terms(List<Term> terms, Value overall) {
    /** The same losses, each value replaced by another. */
    Terms map(UnaryOperator<Value> change) {
      return new Terms(
          terms.stream().map(term -> new Term(term.label(), change.apply(term.value()))).toList(),
          change.apply(overall));
    }

    /** Names of all values, none twice. */
    List<String> names() {
      return Stream.concat(terms.stream().map(Term::value), Stream.of(overall))
          .map(Value::name)
          .distinct()
          .toList();
    }

    /** The losses of one picture. */
    Losses read(ToDoubleFunction<Value> reader) {
      Map<String, Double> numbers = new LinkedHashMap<>();
      terms.forEach(term -> numbers.put(term.label(), reader.applyAsDouble(term.value())));
      return new Losses(reader.applyAsDouble(overall), numbers);
    }
  }

  /**
   * A loss in a graph.
   *
   * @param label what logs call it; no two are the same
   * @param value {@code [N]}
   */
  record Term(String label, Value value) {}

  Objective {
    losses = losses.stream().filter(loss -> loss.weight() != 0).toList();
    if (losses.isEmpty()) {
      throw new PhospheneException("At least one loss should have a weight other than 0");
    }
  }

  /**
   * What the losses look at.
   *
   * @param targets the layers, the chosen one first
   * @param network up to all of them
   */
  record View(List<Target> targets, BatchedNetwork network) {}

  /**
   * Finds the layers that the losses look at, and makes the network up to them. No network is made
   * twice.
   *
   * @param imageShape {@code [N, C, ...]} of what the networks take, asked for by losses over it
   * @param networks makes the network up to some layers
   */
  View view(Supplier<Shape> imageShape, Function<List<Target>, BatchedNetwork> networks) {
    Map<Target, BatchedNetwork> alone = new HashMap<>();
    List<Target> targets =
        targets(
            imageShape,
            target -> alone.computeIfAbsent(target, each -> networks.apply(List.of(each))));
    // Every target was asked for its output, so that of a single one is there.
    return new View(
        targets, targets.size() == 1 ? alone.get(targets.get(0)) : networks.apply(targets));
  }

  /** Writes the losses once over stand-ins for the layers, into a graph that nobody runs. */
  private List<Target> targets(
      Supplier<Shape> imageShape, Function<Target, BatchedNetwork> networks) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Map<String, Target> seen = new LinkedHashMap<>();
    if (chosen != null) {
      seen.put(chosen.value(), chosen);
    }
    Function<Target, Expression> standIns =
        target -> {
          seen.put(target.value(), target);
          BatchedNetwork network = networks.apply(target);
          Shape shape = network.output(target).shape();
          return network.activation(builder, target, input(builder, target.value(), shape));
        };
    Supplier<Value> image = () -> input(builder, "image", imageShape.get());
    Value filterWeights =
        chosen == null
            ? null
            : input(builder, "filters", Shape.of(1, networks.apply(chosen).filters(chosen)));
    build(builder, image, standIns, filterWeights, null);
    if (seen.isEmpty()) {
      throw new PhospheneException(
          "No loss looks at a layer of the network, so there is nothing to visualize");
    }
    return List.copyOf(seen.values());
  }

  private static Value input(GraphBuilder builder, String name, Shape shape) {
    return builder.input(builder.freshName(name), ElementType.FLOAT32, shape);
  }

  /**
   * Writes the losses into a graph.
   *
   * @param image gives the images, channels first, when a loss asks for them
   * @param activations gives what a layer gives
   * @param filterWeights {@code [N, filters]} or {@code [1, filters]} of the chosen layer; null
   *     where there is none
   * @param weights {@code [N, losses]} by which each counts; null to take their own
   * @throws PhospheneException where a loss does not give one number a picture
   */
  Terms build(
      GraphBuilder builder,
      Supplier<Value> image,
      Function<Target, Expression> activations,
      @Nullable Value filterWeights,
      @Nullable Value weights) {
    Scene scene =
        new Scene(
            builder,
            () -> Expression.of(builder, image.get(), 1),
            layer -> activations.apply(Target.of(model, layer, softmax)),
            Optional.ofNullable(filterWeights)
                .map(each -> () -> new Scene.Chosen(activations.apply(chosen), each)));
    List<Term> terms = new ArrayList<>();
    Iterator<String> labels = labels().iterator();
    Value overall = null;
    for (WeightedLoss weighted : losses) {
      String label = labels.next();
      Value value = weighted.loss().build(scene).value();
      if (value.rank() != 1) {
        throw new PhospheneException(
            "Loss \"%s\" should give one number a picture, found %s; end it with mean() or sum()"
                .formatted(label, value.shape()));
      }
      terms.add(new Term(label, value));
      Value term =
          weights == null
              ? weighted.weight() == 1 ? value : builder.multiply(value, weighted.weight())
              : builder.multiply(value, column(builder, weights, terms.size() - 1));
      overall = overall == null ? term : builder.add(overall, term);
    }
    return new Terms(List.copyOf(terms), overall);
  }

  /** Of {@code [N, K]}: {@code [N]}. */
  private static Value column(GraphBuilder builder, Value table, int index) {
    return builder.reshape(builder.slice(table, 1, index, index + 1), table.size(0));
  }

  /** Numbers of the losses by their labels. */
  Map<String, Double> byLabel(double[] numbers) {
    Map<String, Double> labelled = new LinkedHashMap<>();
    for (String label : labels()) {
      labelled.put(label, numbers[labelled.size()]);
    }
    return labelled;
  }

  /** What logs call the losses; no two are the same. */
  private Set<String> labels() {
    Set<String> labels = new LinkedHashSet<>();
    losses.forEach(weighted -> addUnused(weighted.loss().label(), labels));
    return labels;
  }

  /** The weight of each loss as it was given. */
  double[] weights() {
    return losses.stream().mapToDouble(WeightedLoss::weight).toArray();
  }

  /** Whether anything but the regularizers is minimized, and some of them are. */
  boolean isRegularized() {
    return losses.stream().anyMatch(this::isBesideTheObjective);
  }

  /** Whether what is looked at is the output of a softmax. */
  boolean isOverProbabilities() {
    return softmax
        && chosen != null
        && Target.of(model, chosen.layer().name(), false).beforeSoftmax();
  }

  /**
   * What is known of how a picture went.
   *
   * @param recipe with which it was made
   * @param weights by which each loss counted
   */
  Course course(Ascent ascent, Recipe recipe, double[] weights) {
    List<Course.Step> steps = new ArrayList<>();
    for (Losses each : ascent.losses()) {
      steps.add(step(each, ascent.gradientNorms().get(steps.size()), weights));
    }
    Losses broken = ascent.broken();
    return new Course(
        steps,
        broken == null
            ? Optional.empty()
            : Optional.of(step(broken, ascent.gradientNorms().get(steps.size()), weights)),
        recipe.iterations(),
        isRegularized(),
        isOverProbabilities(),
        recipe.gradientModifier() == GradientModifier.NONE);
  }

  private Course.Step step(Losses current, double gradientNorm, double[] weights) {
    double objective = 0;
    double regularizers = 0;
    double unit = 0;
    Iterator<Double> values = current.terms().values().iterator();
    for (int i = 0; i < weights.length; i++) {
      double term = weights[i] * values.next();
      if (isBesideTheObjective(losses.get(i))) {
        regularizers += term;
      } else {
        objective += term;
        unit += Math.abs(weights[i]);
      }
    }
    unit = unit == 0 ? 1 : unit;
    return new Course.Step(current.terms(), objective / unit, regularizers / unit, gradientNorm);
  }

  /** Regularizers are the objective where there is nothing else. */
  boolean isBesideTheObjective(WeightedLoss weighted) {
    return weighted.loss().regularizes()
        && !losses.stream().allMatch(other -> other.loss().regularizes());
  }

  private static void addUnused(String label, Set<String> used) {
    String unique = label;
    for (int number = 2; !used.add(unique); number++) {
      unique = label + " " + number;
    }
  }
}
