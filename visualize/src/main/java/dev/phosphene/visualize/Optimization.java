package dev.phosphene.visualize;

import dev.phosphene.graph.Value;
import dev.phosphene.session.NodeTime;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.session.Step;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Runs a compiled step over batches of pictures. The session serves any number of batches; close it
 * after the last.
 */
final class Optimization implements AutoCloseable {
  private final StepGraph graph;
  private final Session session;
  private final Step step;

  Optimization(StepGraph graph, SessionSettings settings) {
    this.graph = graph;
    this.session = Session.compile(graph.graph(), settings);
    try {
      this.step = session.step();
    } catch (RuntimeException failure) {
      session.close();
      throw failure;
    }
  }

  /** Called after each step of a batch. */
  @FunctionalInterface
  interface StepListener {
    void onStep(int number, List<Losses> losses);
  }

  /**
   * Takes all steps of a batch, unless the thread is interrupted: then it stops after the step
   * under way and leaves the thread's interrupt set.
   *
   * @param ascents at most as many as the graph has pictures; places left over repeat the first
   */
  void run(List<Ascent> ascents, int iterations, StepListener listener) {
    for (int number = 1; number <= iterations; number++) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      draw(ascents);
      compute();
      listener.onStep(number, takeSteps(ascents));
      if (ascents.stream().allMatch(Ascent::isStopped)) {
        return;
      }
    }
  }

  /**
   * Says what the pictures of a batch excite.
   *
   * @param filters of each picture
   */
  void setFilters(List<List<Integer>> filters) {
    if (graph.filterWeights().isEmpty()) {
      return;
    }
    FloatBuffer weights = floats(graph.filterWeights().get().name());
    int places = places();
    int count = weights.capacity() / places;
    for (int place = 0; place < places; place++) {
      float[] row = new float[count];
      for (int filter : filters.get(place < filters.size() ? place : 0)) {
        row[filter] += 1;
      }
      weights.put(row);
    }
  }

  /**
   * Says by how much losses count, in a graph that asks for it.
   *
   * @param weights of each picture, those of all losses
   */
  void setWeights(List<double[]> weights) {
    FloatBuffer buffer = floats(graph.lossWeights().orElseThrow().name());
    for (int place = 0; place < places(); place++) {
      for (double weight : weights.get(place < weights.size() ? place : 0)) {
        buffer.put((float) weight);
      }
    }
  }

  private int places() {
    return (int) graph.parameters().size(0);
  }

  /** Takes the parameters of a batch, and draws what is random in its next step. */
  void draw(List<Ascent> ascents) {
    ascents.forEach(Ascent::prepare);
    fill(graph.parameters().name(), ascents, Ascent::parameters);
    for (StepGraph.Draw draw : graph.draws()) {
      fill(draw.input(), ascents, ascent -> draw.sampler().draw(ascent.random()));
    }
  }

  /** Writes one picture's part after the other; places left over get the first's again. */
  private void fill(String input, List<Ascent> ascents, Function<Ascent, float[]> part) {
    FloatBuffer buffer = floats(input);
    float[] first = part.apply(ascents.get(0));
    buffer.put(first);
    for (int place = 1; place < places(); place++) {
      buffer.put(place < ascents.size() ? part.apply(ascents.get(place)) : first);
    }
  }

  private FloatBuffer floats(String input) {
    return step.input(input).asFloatBuffer();
  }

  private List<Losses> losses(int pictures) {
    List<Losses> losses = new ArrayList<>();
    for (int picture = 0; picture < pictures; picture++) {
      int place = picture;
      losses.add(graph.losses().read(value -> floats(value).get(place)));
    }
    return losses;
  }

  private FloatBuffer floats(Value output) {
    return step.output(output.name()).asFloatBuffer();
  }

  /** Computes losses and gradients at what was drawn last. */
  void compute() {
    step.run();
  }

  /** The L2 norm of each picture's gradient, as computed last. */
  double[] gradientNorms(int pictures) {
    FloatBuffer gradients = floats(graph.gradient());
    int elements = gradients.capacity() / places();
    double[] norms = new double[pictures];
    for (int picture = 0; picture < pictures; picture++) {
      double squares = 0;
      for (int i = 0; i < elements; i++) {
        double element = gradients.get();
        squares += element * element;
      }
      norms[picture] = Math.sqrt(squares);
    }
    return norms;
  }

  /** Takes a step along the gradients that were computed last. */
  List<Losses> takeSteps(List<Ascent> ascents) {
    List<Losses> losses = losses(ascents.size());
    FloatBuffer gradients = floats(graph.gradient());
    for (int picture = 0; picture < ascents.size(); picture++) {
      float[] gradient = new float[ascents.get(picture).parameters().length];
      gradients.get(gradient);
      ascents.get(picture).step(losses.get(picture), gradient);
    }
    graph.imageGradient().ifPresent(value -> addImportance(ascents, value));
    return losses;
  }

  private void addImportance(List<Ascent> ascents, Value imageGradient) {
    FloatBuffer gradients = floats(imageGradient);
    int elements = gradients.capacity() / places();
    for (Ascent ascent : ascents) {
      float[] gradient = new float[elements];
      gradients.get(gradient);
      ascent.addImportance(gradient);
    }
  }

  /** Where the time of the steps so far went, if the session notes it. */
  List<NodeTime> profile() {
    return session.profile();
  }

  @Override
  public void close() {
    step.close();
    session.close();
  }
}
