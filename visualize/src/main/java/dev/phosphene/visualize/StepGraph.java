package dev.phosphene.visualize;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.GradientRules;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.Simplification;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.visualize.parameterization.ImageSize;
import dev.phosphene.visualize.parameterization.Parameterization;
import dev.phosphene.visualize.transform.StepInputs;
import dev.phosphene.visualize.transform.Transform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The graph of one optimization step: from parameters, filter weights and random draws to losses
 * and the gradient at the parameters.
 *
 * @param graph to be compiled
 * @param parameters the input {@code [N, parameters...]}
 * @param filterWeights the input {@code [N, filters]}; empty where no layer was chosen, or no loss
 *     looks at it
 * @param lossWeights the input {@code [N, losses]} by which each loss counts; empty where that is
 *     fixed
 * @param draws inputs that are drawn anew at each step
 * @param losses the outputs {@code [N]} with each loss and their weighted sum
 * @param gradient the output with the gradient at the parameters
 * @param imageGradient the output with the gradient at the images {@code [N, C, ...]}, where the
 *     parameterization keeps their importance
 */
record StepGraph(
    Graph graph,
    Value parameters,
    Optional<Value> filterWeights,
    Optional<Value> lossWeights,
    List<Draw> draws,
    Objective.Terms losses,
    Value gradient,
    Optional<Value> imageGradient) {

  private static final String PREFIX = "phosphene/";

  /**
   * An input that is drawn anew at each step.
   *
   * @param input its name
   */
  record Draw(String input, StepInputs.Sampler sampler) {}

  /** How many pictures it computes at once. */
  int places() {
    return (int) parameters.size(0);
  }

  /**
   * Builds the step.
   *
   * @param network specialized to this number of pictures
   * @param rules for the gradient
   */
  static StepGraph of(
      BatchedNetwork network,
      Objective objective,
      InputSpace space,
      Recipe recipe,
      GradientRules rules) {
    Parameterization parameterization = recipe.parameterization();
    ImageSize size = space.size();
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    builder.label(PREFIX, Map.of());
    builder.reserve(network.names());
    int pictures = network.pictures();
    Value parameters =
        builder.input(
            PREFIX + "parameters",
            ElementType.FLOAT32,
            Shape.of(prepend(pictures, parameterization.parameters(size))));
    Target chosen = objective.chosen();
    Value filterWeights =
        chosen == null
            ? null
            : builder.input(
                PREFIX + "filter weights",
                ElementType.FLOAT32,
                Shape.of(pictures, network.filters(chosen)));
    Value lossWeights =
        recipe.weights() == Recipe.Weights.RELATIVE && objective.isRegularized()
            ? builder.input(
                PREFIX + "loss weights",
                ElementType.FLOAT32,
                Shape.of(pictures, objective.losses().size()))
            : null;
    List<Draw> draws = new ArrayList<>();
    StepInputs inputs = inputs(builder, pictures, draws);
    Value whole = parameterization.seen(builder, parameters, size, inputs);
    Value seen =
        append(
            builder, network, space, whole, recipe.transforms(), parameterization.units(), inputs);
    builder.label(PREFIX, Map.of());
    Objective.Terms losses =
        objective.build(
            builder,
            () -> seen,
            target -> network.activation(builder, target, builder.value(target.value())),
            filterWeights,
            lossWeights);
    for (Objective.Term term : losses.terms()) {
      if (term.value().size(0) != pictures) {
        throw new PhospheneException(
            "Loss \"%s\" should give one number for each of %d pictures, found %s"
                .formatted(term.label(), pictures, term.value().shape()));
      }
    }
    // Losses of pictures are independent, so the gradient of their sum is that of each.
    boolean important = parameterization.isImportanceKept();
    Value descended =
        parameterization
            .lossFactor(builder, parameters, size)
            .map(factor -> builder.multiply(losses.overall(), factor))
            .orElse(losses.overall());
    List<Value> gradients =
        Differentiation.gradients(
            builder,
            descended,
            important ? List.of(parameters, whole) : List.of(parameters),
            rules);
    List<String> outputs = new ArrayList<>(losses.names());
    gradients.forEach(gradient -> outputs.add(gradient.name()));
    Graph graph =
        Simplification.GRADIENTS.apply(
            builder.build(outputs), List.of(), StandardOperators.table());
    return new StepGraph(
        graph,
        parameters,
        Optional.ofNullable(filterWeights),
        Optional.ofNullable(lossWeights),
        List.copyOf(draws),
        losses,
        gradients.get(0),
        important ? Optional.of(gradients.get(1)) : Optional.empty());
  }

  /** Adds inputs that are drawn anew at each step, and notes them. */
  static StepInputs inputs(GraphBuilder builder, int pictures, List<Draw> draws) {
    return (name, sampler, sizes) -> {
      Value input =
          builder.input(
              builder.freshName(PREFIX + name),
              ElementType.FLOAT32,
              Shape.of(prepend(pictures, sizes)));
      draws.add(new Draw(input.name(), sampler));
      return input;
    };
  }

  /**
   * Adds random transforms, preprocessing and a network after images.
   *
   * @param images {@code [N, C, ...]}
   * @param units of the images
   * @return the images as the network sees them, channels first
   */
  static Value append(
      GraphBuilder builder,
      BatchedNetwork network,
      InputSpace space,
      Value images,
      List<Transform> transforms,
      Parameterization.Units units,
      StepInputs inputs) {
    Value seen = images;
    for (Transform transform : transforms) {
      seen = transform.build(builder, seen, inputs);
    }
    seen = middle(builder, seen, space.size());
    if (units == Parameterization.Units.DISPLAY) {
      seen = space.preprocess(builder, seen);
    }
    network.append(builder, space.toModel(builder, seen));
    return seen;
  }

  /** Cuts out what the network takes. */
  private static Value middle(GraphBuilder builder, Value image, ImageSize size) {
    Value result = image;
    for (int axis = 0; axis < size.spatial().size(); axis++) {
      long more = result.size(axis + 2) - size.spatial().get(axis);
      if (more < 0) {
        throw new PhospheneException(
            "The transforms leave images %s, and the network takes %s; pad them"
                .formatted(image.shape(), size));
      }
      if (more > 0) {
        long first = more / 2;
        result = builder.slice(result, axis + 2, first, first + size.spatial().get(axis));
      }
    }
    return result;
  }

  private static long[] prepend(long first, long[] rest) {
    long[] sizes = new long[rest.length + 1];
    sizes[0] = first;
    System.arraycopy(rest, 0, sizes, 1, rest.length);
    return sizes;
  }
}
