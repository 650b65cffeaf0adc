package dev.phosphene.visualize;

import dev.phosphene.graph.Value;
import dev.phosphene.session.Session;
import dev.phosphene.session.Step;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Buffers for one run of a compiled step, and the pictures that it is run for. Several lanes share
 * a session; each is for one thread at a time.
 */
final class Lane implements AutoCloseable {
  private final StepGraph graph;
  private final Step step;

  Lane(StepGraph graph, Session session) {
    this.graph = graph;
    this.step = session.step();
  }

  /**
   * Pictures that are computed by one run of the step.
   *
   * @param ascents at most as many as the graph has pictures; places left over repeat the first
   * @param filters of each picture
   * @param weights of each picture, those of all losses; only where the graph asks for them
   */
  record Group(List<Ascent> ascents, List<List<Integer>> filters, List<double[]> weights) {
    Group {
      ascents = List.copyOf(ascents);
      filters = List.copyOf(filters);
      weights = List.copyOf(weights);
    }

    boolean isStopped() {
      return ascents.stream().allMatch(Ascent::isStopped);
    }
  }

  /** Takes one step with pictures, unless all of them are stopped. */
  void takeStep(Group group) {
    if (group.isStopped()) {
      return;
    }
    draw(group.ascents());
    load(group);
    compute();
    takeSteps(group.ascents());
  }

  /** Takes what was drawn for a group. */
  void load(Group group) {
    setFilters(group.filters());
    if (graph.lossWeights().isPresent()) {
      setWeights(group.weights());
    }
    load(group.ascents());
  }

  /** Says what the pictures excite. */
  void setFilters(List<List<Integer>> filters) {
    if (graph.filterWeights().isEmpty()) {
      return;
    }
    FloatBuffer weights = floats(graph.filterWeights().get().name());
    int places = graph.places();
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
    for (int place = 0; place < graph.places(); place++) {
      for (double weight : weights.get(place < weights.size() ? place : 0)) {
        buffer.put((float) weight);
      }
    }
  }

  /** Draws what is random in a step of pictures. */
  void draw(List<Ascent> ascents) {
    ascents.forEach(ascent -> ascent.draw(graph.draws()));
  }

  /** Takes what was drawn for pictures. */
  void load(List<Ascent> ascents) {
    List<Ascent.Sample> samples = ascents.stream().map(Ascent::take).toList();
    fill(graph.parameters().name(), samples, Ascent.Sample::parameters);
    for (int i = 0; i < graph.draws().size(); i++) {
      int input = i;
      fill(graph.draws().get(i).input(), samples, sample -> sample.draws().get(input));
    }
  }

  /** Writes one picture's part after the other; places left over get the first's again. */
  private void fill(
      String input, List<Ascent.Sample> samples, Function<Ascent.Sample, float[]> part) {
    FloatBuffer buffer = floats(input);
    for (int place = 0; place < graph.places(); place++) {
      buffer.put(part.apply(samples.get(place < samples.size() ? place : 0)));
    }
  }

  private FloatBuffer floats(String input) {
    return step.input(input).asFloatBuffer();
  }

  private FloatBuffer floats(Value output) {
    return step.output(output.name()).asFloatBuffer();
  }

  /** Computes losses and gradients at what was taken last. */
  void compute() {
    step.run();
  }

  /** The L2 norm of each picture's gradient, as computed last. */
  double[] gradientNorms(int pictures) {
    FloatBuffer gradients = floats(graph.gradient());
    int elements = gradients.capacity() / graph.places();
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
  void takeSteps(List<Ascent> ascents) {
    List<Losses> losses = losses(ascents.size());
    FloatBuffer gradients = floats(graph.gradient());
    for (int picture = 0; picture < ascents.size(); picture++) {
      float[] gradient = new float[ascents.get(picture).parameters().length];
      gradients.get(gradient);
      ascents.get(picture).step(losses.get(picture), gradient);
    }
    graph.imageGradient().ifPresent(value -> addImportance(ascents, value));
  }

  private List<Losses> losses(int pictures) {
    List<Losses> losses = new ArrayList<>();
    for (int picture = 0; picture < pictures; picture++) {
      int place = picture;
      losses.add(graph.losses().read(value -> floats(value).get(place)));
    }
    return losses;
  }

  private void addImportance(List<Ascent> ascents, Value imageGradient) {
    FloatBuffer gradients = floats(imageGradient);
    int elements = gradients.capacity() / graph.places();
    for (Ascent ascent : ascents) {
      float[] gradient = new float[elements];
      gradients.get(gradient);
      ascent.addImportance(gradient);
    }
  }

  @Override
  public void close() {
    step.close();
  }
}
