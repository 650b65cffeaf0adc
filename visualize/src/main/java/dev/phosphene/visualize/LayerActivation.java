package dev.phosphene.visualize;

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

/** What a layer gives for an input. Only the part of the network before the layer is computed. */
public final class LayerActivation {
  private LayerActivation() {}

  /**
   * Computes a layer's output.
   *
   * @param input in the layout of the model's input
   * @return in the model's own layout
   * @throws PhospheneException where the input's shape does not fit the model
   */
  public static Tensor of(Model model, Target target, Tensor input, SessionSettings settings) {
    Value image = imageInput(model, input.shape());
    BatchedNetwork network =
        BatchedNetwork.of(model.graph(), image.name(), List.of(target), input.shape());
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    builder.reserve(network.names());
    Value given = builder.input("phosphene/" + image.name(), image.type(), input.shape());
    network.append(builder, given);
    String output = target.value();
    try (Session session = Session.compile(builder.build(List.of(output)), settings)) {
      return session.run(Map.of(given.name(), input.as(image.type()))).get(output);
    }
  }

  /**
   * The model's image input.
   *
   * @param given shape of what is to be put in
   * @throws PhospheneException where rank or a size that the model fixes differ
   */
  static Value imageInput(Model model, Shape given) {
    Value input = model.graph().value(model.inputContract().input());
    Shape expected = input.shape();
    boolean fits = !expected.isRankKnown() || expected.rank() == given.rank();
    for (int axis = 0; fits && expected.isRankKnown() && axis < given.rank(); axis++) {
      long size = expected.size(axis);
      fits = size < 0 || size == given.size(axis);
    }
    if (!fits) {
      throw new PhospheneException(
          "Input \"%s\" of the model should have the shape %s, found %s"
              .formatted(input.name(), expected, given));
    }
    return input;
  }
}
