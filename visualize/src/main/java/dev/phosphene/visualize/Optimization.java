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
   * @param filters of each picture
   */
  void run(
      List<Ascent> ascents, List<List<Integer>> filters, int iterations, StepListener listener) {
    setFilters(ascents.size(), filters);
    for (int number = 1; number <= iterations; number++) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      ascents.forEach(Ascent::prepare);
      draw(ascents);
      step.run();
      List<Losses> losses = losses(ascents.size());
      takeSteps(ascents, losses);
      listener.onStep(number, losses);
      if (ascents.stream().allMatch(Ascent::isStopped)) {
        return;
      }
    }
  }

  private void setFilters(int pictures, List<List<Integer>> filters) {
    if (graph.filterWeights().isEmpty()) {
      return;
    }
    FloatBuffer weights = floats(graph.filterWeights().get().name());
    int places = places();
    int count = weights.capacity() / places;
    for (int place = 0; place < places; place++) {
      float[] row = new float[count];
      for (int filter : filters.get(place < pictures ? place : 0)) {
        row[filter] += 1;
      }
      weights.put(row);
    }
  }

  private int places() {
    return (int) graph.parameters().size(0);
  }

  private void draw(List<Ascent> ascents) {
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

  private void takeSteps(List<Ascent> ascents, List<Losses> losses) {
    FloatBuffer gradients = floats(graph.gradient());
    for (int picture = 0; picture < ascents.size(); picture++) {
      float[] gradient = new float[ascents.get(picture).parameters().length];
      gradients.get(gradient);
      ascents.get(picture).step(losses.get(picture), gradient);
    }
    graph.imageGradient().ifPresent(value -> addImportance(ascents, value));
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
