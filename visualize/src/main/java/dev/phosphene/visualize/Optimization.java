package dev.phosphene.visualize;

import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.session.Step;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
      draw(ascents);
      step.run();
      List<Losses> losses = losses(ascents.size());
      takeSteps(ascents, losses);
      listener.onStep(number, losses);
      if (ascents.stream().allMatch(Ascent::isDiverged)) {
        return;
      }
    }
  }

  private void setFilters(int pictures, List<List<Integer>> filters) {
    FloatBuffer weights = floats(graph.filterWeights());
    int places = places();
    int count = weights.capacity() / places;
    for (int place = 0; place < places; place++) {
      float[] row = new float[count];
      for (int filter : filters.get(place < pictures ? place : 0)) {
        row[filter] = 1;
      }
      weights.put(row);
    }
  }

  private int places() {
    return (int) graph.graph().value(graph.parameters()).size(0);
  }

  private void draw(List<Ascent> ascents) {
    fill(graph.parameters(), ascents, Ascent::parameters);
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
    FloatBuffer overall = step.output(graph.overall()).asFloatBuffer();
    List<Losses> losses = new ArrayList<>();
    for (int picture = 0; picture < pictures; picture++) {
      Map<String, Double> terms = new LinkedHashMap<>();
      for (StepGraph.Term term : graph.terms()) {
        terms.put(term.label(), (double) step.output(term.output()).asFloatBuffer().get(picture));
      }
      losses.add(new Losses(overall.get(picture), terms));
    }
    return losses;
  }

  private void takeSteps(List<Ascent> ascents, List<Losses> losses) {
    FloatBuffer gradients = step.output(graph.gradient()).asFloatBuffer();
    for (int picture = 0; picture < ascents.size(); picture++) {
      float[] gradient = new float[ascents.get(picture).parameters().length];
      gradients.get(gradient);
      ascents.get(picture).step(losses.get(picture), gradient);
    }
  }

  @Override
  public void close() {
    step.close();
    session.close();
  }
}
