package dev.phosphene.visualize;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.image.Depiction;
import dev.phosphene.image.Image;
import dev.phosphene.image.Normalization;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.parameterization.ImageSize;
import dev.phosphene.visualize.parameterization.Parameterization;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** From parameters to what a person and the network see: the parameterization, run by itself. */
final class Renderer implements AutoCloseable {
  private final Recipe recipe;
  private final InputSpace space;
  private final ImageSize size;
  private final Value parameters;
  private final Value image;
  private final Value input;
  private final Session session;

  /**
   * What parameters stand for.
   *
   * @param image for a person
   * @param input for the network: {@code [1, ...]} in its layout and units
   */
  record Rendered(Image image, Tensor input) {}

  Renderer(Recipe recipe, InputSpace space) {
    this.recipe = recipe;
    this.space = space;
    this.size = space.size();
    Parameterization parameterization = recipe.parameterization();
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    this.parameters =
        builder.input(
            "parameters", ElementType.FLOAT32, Shape.of(one(parameterization.parameters(size))));
    // Identities give outputs of their own where image or input are the parameters themselves.
    this.image = builder.apply("Identity", parameterization.build(builder, parameters, size));
    Value inModelUnits = isDisplay() ? space.preprocess(builder, image) : image;
    this.input = builder.apply("Identity", space.toModel(builder, inModelUnits));
    Graph graph = builder.build(List.of(image.name(), input.name()));
    this.session = Session.compile(graph, SessionSettings.SMALL);
  }

  private boolean isDisplay() {
    return recipe.parameterization().units() == Parameterization.Units.DISPLAY;
  }

  private static long[] one(long[] sizes) {
    return LongStream.concat(LongStream.of(1), Arrays.stream(sizes)).toArray();
  }

  Rendered render(float[] values) {
    Map<String, Tensor> results =
        session.run(Map.of(parameters.name(), Tensor.of(values, parameters.shape().sizes())));
    Tensor forNetwork = results.get(input.name());
    return new Rendered(picture(results.get(image.name()).toFloats(), forNetwork), forNetwork);
  }

  private Image picture(float[] values, Tensor input) {
    if (size.spatial().size() < 2) {
      return Depiction.ofInput(space.shown(input)); // curves have an axis that says their units
    }
    float[] display =
        switch (recipe.rendering()) {
          case STANDARDIZED -> Normalization.kerasVis(values);
          case DISPLAY -> isDisplay() ? values : space.shown(input).toFloats();
        };
    return Depiction.ofInput(Tensor.of(display, size.sizes()));
  }

  @Override
  public void close() {
    session.close();
  }
}
