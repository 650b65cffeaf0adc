package dev.phosphene.visualize;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.image.Image;
import dev.phosphene.image.Layout;
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
    this.size = space.size();
    Parameterization parameterization = recipe.parameterization();
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    this.parameters =
        builder.input(
            "parameters", ElementType.FLOAT32, Shape.of(one(parameterization.parameters(size))));
    // Identities give outputs of their own where image or input are the parameters themselves.
    this.image = builder.apply("Identity", parameterization.build(builder, parameters, size));
    boolean display = parameterization.units() == Parameterization.Units.DISPLAY;
    Value inModelUnits = display ? space.preprocess(builder, image) : image;
    this.input = builder.apply("Identity", space.toModel(builder, inModelUnits));
    Graph graph = builder.build(List.of(image.name(), input.name()));
    this.session = Session.compile(graph, SessionSettings.SMALL);
  }

  private static long[] one(long[] sizes) {
    return LongStream.concat(LongStream.of(1), Arrays.stream(sizes)).toArray();
  }

  Rendered render(float[] values) {
    Map<String, Tensor> results =
        session.run(Map.of(parameters.name(), Tensor.of(values, parameters.shape().sizes())));
    return new Rendered(picture(results.get(image.name()).toFloats()), results.get(input.name()));
  }

  private Image picture(float[] values) {
    float[] display =
        switch (recipe.rendering()) {
          case STANDARDIZED -> Normalization.kerasVis(values);
          case DISPLAY -> values;
        };
    int width = size.spatial().isEmpty() ? 1 : size.spatial().get(size.spatial().size() - 1);
    int height = size.elements() / size.channels() / width;
    if (size.channels() == 3 || size.channels() == 1) {
      return Image.fromTensor(
              Tensor.of(display, size.channels(), height, width), Layout.CHANNELS_FIRST)
          .get(0);
    }
    return Image.fromTensor(
            Tensor.of(meanOfChannels(display), 1, height, width), Layout.CHANNELS_FIRST)
        .get(0);
  }

  /**
   * Inputs of other than one or three channels are shown as the mean of their channels, in gray.
   */
  private float[] meanOfChannels(float[] values) {
    int positions = values.length / size.channels();
    float[] means = new float[positions];
    for (int i = 0; i < values.length; i++) {
      means[i % positions] += values[i] / size.channels();
    }
    return means;
  }

  @Override
  public void close() {
    session.close();
  }
}
