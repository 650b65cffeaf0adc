package dev.phosphene.visualize;

import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.InputValue;
import dev.phosphene.model.Model;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** What a layer gives for an input. Only the part of the network before the layer is computed. */
public final class LayerActivation {
  private LayerActivation() {}

  /**
   * Computes a layer's output.
   *
   * @param input in the layout of the model's main input
   * @return in the model's own layout
   * @throws dev.phosphene.graph.PhospheneException where the input does not fit the model
   */
  public static Tensor of(Model model, Target target, Tensor input, SessionSettings settings) {
    return computed(model, target, input, settings, (builder, network, output) -> output);
  }

  /**
   * How much each filter of a layer is active on average over its positions, and over inputs.
   *
   * @param input in the layout of the model's input
   * @return {@code [filters]}
   * @throws dev.phosphene.graph.PhospheneException where the input does not fit the model
   */
  public static Tensor means(Model model, Target target, Tensor input, SessionSettings settings) {
    return computed(
        model,
        target,
        input,
        settings,
        (builder, network, output) ->
            builder.reduceMean(
                network.activation(builder, target, output).meanOverPositions().value(), false, 0));
  }

  /**
   * Computes a layer's output as losses see it: positions apart from special tokens, a first axis
   * of pictures.
   *
   * @param input in the layout of the model's input
   * @return {@code [1, ...]} for one input, as {@code Objectives} take the features of a photo
   * @throws dev.phosphene.graph.PhospheneException where the input does not fit the model
   */
  public static Tensor seen(Model model, Target target, Tensor input, SessionSettings settings) {
    return computed(
        model,
        target,
        input,
        settings,
        (builder, network, output) -> network.activation(builder, target, output).value());
  }

  /** What is made of a layer's output. */
  private interface Result {
    Value of(GraphBuilder builder, BatchedNetwork network, Value output);
  }

  private static Tensor computed(
      Model model, Target target, Tensor input, SessionSettings settings, Result result) {
    Value image = model.input(model.mainInput());
    Tensor fitting = InputValue.of(image, input);
    BatchedNetwork network = BatchedNetwork.of(model, image.name(), List.of(target), input.shape());
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    builder.reserve(network.names());
    Value given = builder.input("phosphene/" + image.name(), fitting.type(), input.shape());
    network.append(builder, given);
    String wanted = result.of(builder, network, builder.value(target.value())).name();
    try (Session session = Session.compile(builder.build(List.of(wanted)), settings)) {
      return session.run(Map.of(given.name(), fitting)).get(wanted);
    }
  }
}
