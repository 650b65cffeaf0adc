package dev.phosphene.visualize;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.GradientRules;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
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
 * @param draws inputs that are drawn anew at each step
 * @param losses the outputs {@code [N]} with each loss and their weighted sum
 * @param gradient the output with the gradient at the parameters
 */
record StepGraph(
    Graph graph,
    Value parameters,
    Optional<Value> filterWeights,
    List<Draw> draws,
    Objective.Terms losses,
    Value gradient) {

  private static final String PREFIX = "phosphene/";

  /**
   * An input that is drawn anew at each step.
   *
   * @param input its name
   */
  record Draw(String input, StepInputs.Sampler sampler) {}

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
    List<Draw> draws = new ArrayList<>();
    StepInputs inputs =
        (name, sampler, sizes) -> {
          Value input =
              builder.input(
                  builder.freshName(PREFIX + name),
                  ElementType.FLOAT32,
                  Shape.of(prepend(pictures, sizes)));
          draws.add(new Draw(input.name(), sampler));
          return input;
        };

    Value image = parameterization.build(builder, parameters, size);
    for (Transform transform : recipe.transforms()) {
      image = transform.build(builder, image, inputs);
    }
    if (parameterization.units() == Parameterization.Units.DISPLAY) {
      image = space.preprocess(builder, image);
    }
    network.append(builder, space.toModel(builder, image));
    builder.label(PREFIX, Map.of());
    Value seen = image;
    Objective.Terms losses =
        objective.build(
            builder,
            () -> seen,
            target -> network.activation(builder, target, builder.value(target.value())),
            filterWeights);
    for (Objective.Term term : losses.terms()) {
      if (term.value().size(0) != pictures) {
        throw new PhospheneException(
            "Loss \"%s\" should give one number for each of %d pictures, found %s"
                .formatted(term.label(), pictures, term.value().shape()));
      }
    }
    // Losses of pictures are independent, so the gradient of their sum is that of each.
    Value gradient =
        Differentiation.gradients(builder, losses.overall(), List.of(parameters), rules).get(0);
    List<String> outputs = new ArrayList<>(losses.names());
    outputs.add(gradient.name());
    Graph graph = builder.build(outputs);
    return new StepGraph(
        graph,
        parameters,
        Optional.ofNullable(filterWeights),
        List.copyOf(draws),
        losses,
        gradient);
  }

  private static long[] prepend(long first, long[] rest) {
    long[] sizes = new long[rest.length + 1];
    sizes[0] = first;
    System.arraycopy(rest, 0, sizes, 1, rest.length);
    return sizes;
  }
}
