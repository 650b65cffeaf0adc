package dev.phosphene.visualize;

import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.image.Image;
import dev.phosphene.session.Session;
import dev.phosphene.session.Step;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.parameterization.Parameterization;
import dev.phosphene.visualize.transform.StepInputs;
import dev.phosphene.visualize.transform.Transform;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Measures how active the filters of some layers are for inputs: what activation maximization
 * maximizes, the mean over positions without special tokens, before a softmax unless it is kept,
 * but of the input as it is, without random transforms. The part of the network up to the layers is
 * compiled once, for batches.
 *
 * <p>For one thread at a time.
 */
public final class ActivationMeter implements AutoCloseable {
  private static final String INPUT = "phosphene/input";

  private final InputSpace space;
  private final Feed feed;
  private final int places;
  private final List<String> outputs;
  private final List<StepGraph.Draw> draws;
  private final Session session;
  private final Step step;

  /** From an input of the model to what the compiled graph takes. */
  private interface Feed {
    float[] of(Tensor input);
  }

  private ActivationMeter(
      InputSpace space,
      Feed feed,
      int places,
      List<String> outputs,
      List<StepGraph.Draw> draws,
      Session session) {
    this.space = space;
    this.feed = feed;
    this.places = places;
    this.outputs = outputs;
    this.draws = draws;
    this.session = session;
    try {
      this.step = session.step();
    } catch (RuntimeException failure) {
      session.close();
      throw failure;
    }
  }

  /**
   * Compiles a network up to some layers.
   *
   * @param run whose model, input contract, size of pictures, threads and device are meant
   * @param targets layers of that model with filters, in any order
   * @param inputs how many will be measured in all: batches are no larger
   * @throws PhospheneException where a layer has no filters, does not depend on the input, or the
   *     model does not take numbers
   */
  public static ActivationMeter of(ActivationMaximization run, List<Target> targets, int inputs) {
    return under(List.of(), run, targets, inputs);
  }

  /**
   * Compiles a network up to some layers, with random transforms of the input before it.
   *
   * @param inputs how many will be measured at once, at most
   * @throws PhospheneException as {@link #of}
   */
  static ActivationMeter under(
      List<Transform> transforms, ActivationMaximization run, List<Target> targets, int inputs) {
    targets.forEach(Target::filters);
    InputSpace space = run.space();
    BatchedNetwork network =
        BatchedNetwork.ofOnePicture(run.model(), targets, space)
            .inBatches(run.model(), targets, space, Math.max(1, inputs));
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    builder.reserve(network.names());
    List<StepGraph.Draw> draws = new ArrayList<>();
    Feed feed;
    if (transforms.isEmpty()) {
      feed = Tensor::toFloats;
      Shape shape = space.modelShape(network.pictures());
      network.append(builder, builder.input(INPUT, ElementType.FLOAT32, shape));
    } else {
      Parameterization.Units units = run.recipe().parameterization().units();
      feed = input -> space.fromModel(input, units);
      Shape shape = space.imageShape().with(0, Dimension.of(network.pictures()));
      Value images = builder.input(INPUT, ElementType.FLOAT32, shape);
      StepInputs inputsOfSteps = StepGraph.inputs(builder, network.pictures(), draws);
      StepGraph.append(builder, network, space, images, transforms, units, inputsOfSteps);
    }
    List<String> outputs = new ArrayList<>();
    for (Target target : targets) {
      Value computed = builder.value(target.value());
      outputs.add(network.activation(builder, target, computed).meanOverPositions().value().name());
    }
    Session session =
        Session.compile(builder.build(outputs.stream().distinct().toList()), run.settings());
    return new ActivationMeter(space, feed, network.pictures(), outputs, draws, session);
  }

  /** How many inputs are computed at once. */
  public int batchSize() {
    return places;
  }

  /**
   * A picture as the model takes it: its middle, resized, in the model's colours, layout and units.
   *
   * @throws PhospheneException where the model does not take pictures
   */
  public Tensor input(Image picture) {
    return space.fromPicture(picture);
  }

  /**
   * Measures inputs.
   *
   * @param inputs each {@code [1, ...]} in the model's own layout and units
   * @return of each input, of each layer in the order of the targets, the activation of each filter
   * @throws PhospheneException where an input has another shape
   */
  public List<List<float[]>> measure(List<Tensor> inputs) {
    inputs.forEach(space::requireOneInput);
    List<List<float[]>> measured = new ArrayList<>();
    for (int first = 0; first < inputs.size(); first += places) {
      measureBatch(inputs.subList(first, Math.min(first + places, inputs.size())), measured);
    }
    return measured;
  }

  /**
   * Measures an input under random transforms, several times.
   *
   * @param random gives what they draw, one time after the other
   * @return of each time, of each layer in the order of the targets, the activation of each filter
   */
  List<List<float[]>> measure(Tensor input, int times, Random random) {
    space.requireOneInput(input);
    List<List<float[]>> measured = new ArrayList<>();
    while (measured.size() < times) {
      int batch = Math.min(places, times - measured.size());
      List<FloatBuffer> drawn =
          draws.stream().map(draw -> step.input(draw.input()).asFloatBuffer()).toList();
      for (int place = 0; place < batch; place++) {
        for (int i = 0; i < draws.size(); i++) {
          drawn.get(i).put(draws.get(i).sampler().draw(random));
        }
      }
      measureBatch(Collections.nCopies(batch, input), measured);
    }
    return measured;
  }

  /** Places left over keep what they have: nobody reads what is computed from it. */
  private void measureBatch(List<Tensor> batch, List<List<float[]>> measured) {
    FloatBuffer given = step.input(INPUT).asFloatBuffer();
    batch.forEach(input -> given.put(feed.of(input)));
    step.run();
    for (int place = 0; place < batch.size(); place++) {
      int row = place;
      measured.add(outputs.stream().map(output -> row(output, row)).toList());
    }
  }

  private float[] row(String output, int place) {
    FloatBuffer means = step.output(output).asFloatBuffer();
    float[] row = new float[means.capacity() / places];
    means.get(place * row.length, row);
    return row;
  }

  @Override
  public void close() {
    step.close();
    session.close();
  }
}
