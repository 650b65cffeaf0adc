package dev.phosphene.visualize;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.GradientRules;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.Model;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The gradient, at the input of a network, of the mean of chosen filters over batch and positions;
 * of the sum of their means where several are chosen. Compiled once for inputs of one shape.
 *
 * <p>This is the raw gradient that saliency maps are made of (Simonyan, Vedaldi and Zisserman
 * 2014).
 */
public final class InputGradient implements AutoCloseable {
  private final Value input;
  private final Value gradient;
  private final Session session;

  private InputGradient(Value input, Value gradient, Session session) {
    this.input = input;
    this.gradient = gradient;
    this.session = session;
  }

  /** Compiles the gradient with the standard rules on all processors. */
  public static InputGradient of(
      Model model, Target target, List<Integer> filters, Shape inputShape) {
    return of(model, target, filters, inputShape, StandardRules.rules(), SessionSettings.DEFAULT);
  }

  /**
   * Compiles the gradient.
   *
   * @param filters at least one
   * @param inputShape of the image input, in the model's layout
   * @throws PhospheneException where filters or shape do not fit, or an operator on the way has no
   *     gradient rule
   */
  public static InputGradient of(
      Model model,
      Target target,
      List<Integer> filters,
      Shape inputShape,
      GradientRules rules,
      SessionSettings settings) {
    target.requireFilters(filters);
    Value image = LayerActivation.imageInput(model, inputShape);
    BatchedNetwork network = BatchedNetwork.of(model.graph(), image.name(), target, inputShape);
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value input = builder.input("phosphene/" + image.name(), image.type(), inputShape);
    Value activation = network.append(builder, input);
    builder.label("phosphene/", Map.of());
    Value objective = objective(builder, activation, network.filterAxis(), filters);
    Value gradient = Differentiation.gradients(builder, objective, List.of(input), rules).get(0);
    Value output = builder.apply("Identity", gradient);
    return new InputGradient(
        input, output, Session.compile(builder.build(List.of(output.name())), settings));
  }

  /** The sum over chosen filters of their means over all other axes. */
  private static Value objective(
      GraphBuilder builder, Value activation, int filterAxis, List<Integer> filters) {
    float[] weights = new float[(int) activation.size(filterAxis)];
    filters.forEach(filter -> weights[filter] += 1);
    long[] others =
        IntStream.range(0, activation.rank())
            .filter(axis -> axis != filterAxis)
            .asLongStream()
            .toArray();
    Value means = builder.reduceMean(activation, false, others);
    Value chosen =
        builder.multiply(
            means, builder.constant(Tensor.of(weights, weights.length).as(activation.type())));
    return builder.reduceSum(chosen, false, 0);
  }

  /**
   * Computes the gradient at an input.
   *
   * @param at of the shape that this was compiled for
   * @return of the same shape, in the layout of the model's input
   */
  public Tensor at(Tensor at) {
    return session.run(Map.of(input.name(), at.as(input.type()))).get(gradient.name());
  }

  /**
   * Times the step of computing loss and gradient, inputs and outputs staying where they are.
   *
   * @param at of the shape that this was compiled for
   * @return milliseconds of each of these steps
   */
  public double[] time(Tensor at, int steps) {
    try (var step = session.step()) {
      step.input(input.name()).put(at.as(input.type()).bytes());
      double[] milliseconds = new double[steps];
      for (int i = 0; i < steps; i++) {
        long start = System.nanoTime();
        step.run();
        milliseconds[i] = (System.nanoTime() - start) / 1e6;
      }
      return milliseconds;
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
