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
import dev.phosphene.visualize.loss.Scene;
import dev.phosphene.visualize.loss.WeightedLoss;
import dev.phosphene.visualize.parameterization.ImageSize;
import dev.phosphene.visualize.parameterization.Parameterization;
import dev.phosphene.visualize.transform.StepInputs;
import dev.phosphene.visualize.transform.Transform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The graph of one optimization step: from parameters, filter weights and random draws to losses
 * and the gradient at the parameters.
 *
 * @param graph to be compiled
 * @param parameters name of the input {@code [N, parameters...]}
 * @param filterWeights name of the input {@code [N, filters]}
 * @param draws inputs that are drawn anew at each step
 * @param terms names of the outputs {@code [N]} with each loss that counts, unweighted
 * @param overall name of the output {@code [N]} with the weighted sum of losses
 * @param gradient name of the output with the gradient at the parameters
 */
record StepGraph(
    Graph graph,
    String parameters,
    String filterWeights,
    List<Draw> draws,
    List<Term> terms,
    String overall,
    String gradient) {

  private static final String PREFIX = "phosphene/";

  /**
   * An input that is drawn anew at each step.
   *
   * @param input its name
   */
  record Draw(String input, StepInputs.Sampler sampler) {}

  /**
   * A loss.
   *
   * @param output name of the output {@code [N]}
   * @param label what logs call it
   */
  record Term(String output, String label) {}

  /**
   * Builds the step.
   *
   * @param network specialized to this number of pictures
   * @param rules for the gradient
   */
  static StepGraph of(
      BatchedNetwork network,
      InputSpace space,
      ImageSize size,
      Recipe recipe,
      GradientRules rules) {
    Parameterization parameterization = recipe.parameterization();
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    builder.label(PREFIX, Map.of());
    builder.reserve(network.names());
    int pictures = network.pictures();
    Value parameters =
        builder.input(
            PREFIX + "parameters",
            ElementType.FLOAT32,
            Shape.of(prepend(pictures, parameterization.parameters(size))));
    Value filterWeights =
        builder.input(
            PREFIX + "filter weights", ElementType.FLOAT32, Shape.of(pictures, network.filters()));
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
    Value activation = network.append(builder, space.toModel(builder, image));
    Scene scene = new Scene(image, activation, network.filterAxis(), filterWeights);
    return withLosses(builder, scene, parameters, filterWeights, draws, recipe.losses(), rules);
  }

  private static StepGraph withLosses(
      GraphBuilder builder,
      Scene scene,
      Value parameters,
      Value filterWeights,
      List<Draw> draws,
      List<WeightedLoss> losses,
      GradientRules rules) {
    builder.label(PREFIX, Map.of());
    List<Term> terms = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Value overall = null;
    for (WeightedLoss weighted : losses) {
      if (weighted.weight() == 0) {
        continue;
      }
      Value loss = weighted.loss().build(builder, scene);
      requireOneNumberAPicture(loss, weighted.loss().label(), parameters.size(0));
      terms.add(new Term(loss.name(), weighted.loss().label()));
      outputs.add(loss.name());
      Value term = weighted.weight() == 1 ? loss : builder.multiply(loss, weighted.weight());
      overall = overall == null ? term : builder.add(overall, term);
    }
    if (overall == null) {
      throw new PhospheneException("No loss has a weight other than 0");
    }
    // Losses of pictures are independent, so the gradient of their sum is that of each.
    Value gradient = Differentiation.gradients(builder, overall, List.of(parameters), rules).get(0);
    outputs.add(overall.name());
    outputs.add(gradient.name());
    return new StepGraph(
        builder.build(outputs.stream().distinct().toList()),
        parameters.name(),
        filterWeights.name(),
        List.copyOf(draws),
        List.copyOf(terms),
        overall.name(),
        gradient.name());
  }

  private static void requireOneNumberAPicture(Value loss, String label, long pictures) {
    if (!loss.shape().equals(Shape.of(pictures))) {
      throw new PhospheneException(
          "Loss \"%s\" should give one number for each of %d pictures, found %s"
              .formatted(label, pictures, loss.shape()));
    }
  }

  private static long[] prepend(long first, long[] rest) {
    long[] sizes = new long[rest.length + 1];
    sizes[0] = first;
    System.arraycopy(rest, 0, sizes, 1, rest.length);
    return sizes;
  }
}
