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
    Value image = model.input(model.mainInput());
    Tensor fitting = InputValue.of(image, input);
    BatchedNetwork network = BatchedNetwork.of(model, image.name(), List.of(target), input.shape());
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    builder.reserve(network.names());
    Value given = builder.input("phosphene/" + image.name(), fitting.type(), input.shape());
    network.append(builder, given);
    String output = target.value();
    try (Session session = Session.compile(builder.build(List.of(output)), settings)) {
      return session.run(Map.of(given.name(), fitting)).get(output);
    }
  }
}
