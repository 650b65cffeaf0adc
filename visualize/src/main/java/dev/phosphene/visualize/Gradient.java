package dev.phosphene.visualize;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.Simplification;
import dev.phosphene.image.Image;
import dev.phosphene.image.Layout;
import dev.phosphene.model.Embedding;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.InputValue;
import dev.phosphene.model.Layer;
import dev.phosphene.model.LayerTable;
import dev.phosphene.model.Model;
import dev.phosphene.model.TokenGrid;
import dev.phosphene.session.Session;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.loss.WeightedLoss;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of losses with respect to the input of a network or any other value in it, at a
 * given input. Without losses of one's own: of the mean of the chosen filters over batch and
 * positions, summed over filters.
 *
 * <pre>{@code
 * Gradient.Result result = Gradient.of(model).layer("predictions").filters(20).at(input);
 * Gradient.Result deeper = Gradient.of(model).filters(20).withRespectTo("conv5").at(input);
 * }</pre>
 *
 * <p>This is the raw gradient that saliency maps are made of (Simonyan, Vedaldi and Zisserman
 * 2014).
 */
public final class Gradient extends Visualization<Gradient> {
  /** The mean activation itself: what activation maximization minimizes, the other way round. */
  private static final List<WeightedLoss> ACTIVATION =
      List.of(WeightedLoss.weighted(new ActivationLoss(), -1));

  private @Nullable String withRespectTo;

  private Gradient(Model model) {
    super(model);
  }

  /** A gradient in this model. */
  public static Gradient of(Model model) {
    return new Gradient(model);
  }

  @Override
  protected Gradient self() {
    return this;
  }

  /**
   * With respect to the output of this layer, or to any value of the graph, in the place of the
   * input.
   *
   * @param indexNameOrGlob as the layer table finds it; null for the input, or for the embedding of
   *     an input that takes whole numbers
   */
  public Gradient withRespectTo(@Nullable String indexNameOrGlob) {
    this.withRespectTo = indexNameOrGlob;
    return this;
  }

  /**
   * What was computed at an input.
   *
   * @param losses mean over the batch of each loss and of their weighted sum
   * @param gradient of the overall loss, in the shape of the value
   * @param value of what the gradient is with respect to; the input itself where that is not
   *     another
   * @param tokens how tokens of the value lie over the input; empty where they do not
   */
  public record Result(Losses losses, Tensor gradient, Tensor value, Optional<TokenGrid> tokens) {}

  /**
   * The input that a picture becomes: cut and resized to what the model takes, in its units.
   *
   * @throws PhospheneException where the model does not take pictures
   */
  public Tensor inputOf(Image picture) {
    return space().fromPicture(picture);
  }

  /**
   * The part of a picture that becomes the input, as large as it is in the picture.
   *
   * @throws PhospheneException where the model does not take pictures
   */
  public Image partOf(Image picture) {
    return space().part(picture);
  }

  private InputSpace space() {
    return new InputSpace(contract(), InputSpace.sizeOf(model(), contract()));
  }

  /**
   * One input as a person sees it: {@code [C, spatial...]}, RGB in [0, 1]; a signal in the model's
   * units.
   *
   * @throws PhospheneException where it is not one input, or the input takes whole numbers
   */
  public Tensor shown(Tensor input) {
    requireNumbers();
    return InputSpace.of(contract(), input.shape()).shown(input);
  }

  /** Where the channel axis of the model's input lies. */
  public Layout layout() {
    return contract().layout() == InputContract.Layout.CHANNELS_LAST
        ? Layout.CHANNELS_LAST
        : Layout.CHANNELS_FIRST;
  }

  /**
   * The last layer before the target whose output is a map over the input that the target looks at:
   * as many axes, or tokens that lie over the input, and more than one position.
   *
   * @throws PhospheneException where there is none
   */
  public Layer lastFeatureMap(Shape inputShape) {
    return PenultimateLayer.before(model(), target(), inputShape);
  }

  /**
   * Computes the gradient at one input, or a batch of them.
   *
   * @param input in the layout and units of the model's input
   * @throws PhospheneException as {@link #compile}
   */
  public Result at(Tensor input) {
    try (Compiled compiled = compile(input.shape())) {
      return compiled.at(input);
    }
  }

  /**
   * Compiles the gradient for inputs of one shape.
   *
   * @param inputShape of the image input, in the model's layout
   * @throws PhospheneException where filters or shape do not fit, the losses do not follow from
   *     what the gradient is with respect to, or an operator on the way has no gradient rule
   */
  public Compiled compile(Shape inputShape) {
    Gradient sized = new Gradient(model().withMainShape(inputShape));
    sized.take(this);
    return sized.withRespectTo(withRespectTo).compileSized(inputShape);
  }

  private Compiled compileSized(Shape inputShape) {
    List<WeightedLoss> losses = lossesOr(ACTIVATION);
    Target chosen = losses == ACTIVATION || hasChosenLayer() ? target() : null;
    List<Integer> filters = chosen == null ? List.of() : filtersOf(chosen);
    Value image = model().input(model().mainInput());
    InputValue.requireFitting(image, inputShape);
    Objective objective = new Objective(model(), losses, chosen, isSoftmaxKept());
    // Only losses over the input itself need it to be an image.
    Supplier<InputSpace> space = () -> InputSpace.of(contract(), inputShape);
    Objective.View view =
        objective.view(
            () -> space.get().imageShape(),
            targets -> BatchedNetwork.of(model(), image.name(), targets, inputShape));
    Optional<Target> respected = variable().map(layer -> new Target(layer, layer.output(), false));
    BatchedNetwork network =
        respected
            .map(target -> networkThrough(target, view.targets(), image, inputShape))
            .orElse(view.network());

    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    builder.reserve(network.names());
    Value input = builder.input("phosphene/" + image.name(), image.type(), inputShape);
    network.append(builder, input);
    builder.label("phosphene/", Map.of());
    Objective.Terms terms =
        objective.build(
            builder,
            () -> space.get().fromModel(builder, builder.cast(input, ElementType.FLOAT32)),
            target -> network.activation(builder, target, builder.value(target.value())),
            chosen == null ? null : weights(builder, (int) network.filters(chosen), filters),
            null);
    Objective.Terms means = terms.map(value -> builder.reduceMean(value, false, 0));
    Value variable = respected.map(target -> builder.value(target.value())).orElse(input);
    Value gradient =
        Differentiation.gradients(builder, means.overall(), List.of(variable), rules()).get(0);
    return new Compiled(
        builder,
        input,
        variable,
        builder.apply("Identity", gradient),
        means,
        network.tokens(variable.name()));
  }

  /** Folding would lead around the value that the gradient is with respect to. */
  private BatchedNetwork networkThrough(
      Target respected, List<Target> targets, Value image, Shape inputShape) {
    List<Target> kept = new ArrayList<>(targets);
    kept.add(respected);
    BatchedNetwork network = BatchedNetwork.unfolded(model(), image.name(), kept, inputShape);
    requireOnTheWay(network, respected, targets);
    return network;
  }

  /**
   * The layer whose output the gradient is with respect to; empty where that is the input. Whole
   * numbers have no gradient: in the place of an input that takes them, such as a text model's
   * tokens, it is their embedding, before anything is added to it.
   *
   * @throws PhospheneException where there is no such layer, or whole numbers have no embedding
   */
  public Optional<Layer> variable() {
    if (withRespectTo != null) {
      return Optional.of(model().layers().find(withRespectTo));
    }
    Optional<Embedding> embedding = model().embedding();
    if (embedding.isPresent()) {
      return Optional.of(layerGiving(embedding.get().output()));
    }
    Value input = model().input(model().mainInput());
    if (!input.type().isFloating() && input.type() != ElementType.UNKNOWN) {
      throw new PhospheneException(
          "Input \"%s\" takes whole numbers (%s) that no table embeds, so it has no gradient; name a layer after it with --wrt or withRespectTo(...)"
              .formatted(input.name(), input.type()));
    }
    return Optional.empty();
  }

  private Layer layerGiving(String value) {
    LayerTable table = model().layers();
    return table.layers().stream()
        .filter(layer -> layer.output().equals(value))
        .findFirst()
        .orElseGet(() -> table.find(value));
  }

  private static void requireOnTheWay(
      BatchedNetwork network, Target respected, List<Target> targets) {
    if (!network.leadsTo(respected.value(), targets)) {
      throw new PhospheneException(
          "Layer \"%s\" does not depend on layer \"%s\", so it has no gradient with respect to that"
              .formatted(targets.get(0).layer().name(), respected.layer().name()));
    }
  }

  private static Value weights(GraphBuilder builder, int count, List<Integer> filters) {
    float[] weights = new float[count];
    filters.forEach(filter -> weights[filter] += 1);
    return builder.constant(Tensor.of(weights, 1, count));
  }

  /** A gradient for inputs of one shape, compiled once. */
  public final class Compiled implements AutoCloseable {
    private final Value input;
    private final Value variable;
    private final Value gradient;
    private final Objective.Terms losses;
    private final Optional<TokenGrid> tokens;
    private final Session session;

    private Compiled(
        GraphBuilder builder,
        Value input,
        Value variable,
        Value gradient,
        Objective.Terms losses,
        Optional<TokenGrid> tokens) {
      this.input = input;
      this.variable = variable;
      this.gradient = gradient;
      this.losses = losses;
      this.tokens = tokens;
      List<String> outputs = new ArrayList<>(losses.names());
      outputs.add(gradient.name());
      if (!variable.equals(input)) {
        outputs.add(variable.name());
      }
      Graph graph =
          Simplification.GRADIENTS.apply(
              builder.build(List.copyOf(outputs)), List.of(), StandardOperators.table());
      this.session = Session.compile(graph, settings());
    }

    /**
     * Computes the gradient at an input.
     *
     * @param at of the shape that this was compiled for
     */
    public Result at(Tensor at) {
      Map<String, Tensor> results = session.run(Map.of(input.name(), InputValue.of(input, at)));
      return new Result(
          losses.read(value -> results.get(value.name()).getDouble(0)),
          results.get(gradient.name()),
          variable.equals(input) ? at : results.get(variable.name()),
          tokens);
    }

    /**
     * Times the step of computing losses and gradient of some pictures, inputs and outputs staying
     * where they are. Several threads take the pictures in turn, which each one computes alone.
     *
     * @param at of the shape that this was compiled for
     * @param pictures of a step: how often it is computed
     * @param lanes threads that do so, at most as many as pictures
     * @param warmUp for how long steps are taken before those that count; it is three of them at
     *     least, as the runtime plans its memory in the first
     * @param steps how many count
     * @param clock in nanoseconds
     * @return milliseconds of each step that counts
     */
    public double[] time(
        Tensor at, int pictures, int lanes, Duration warmUp, int steps, LongSupplier clock) {
      try (Timing timing = new Timing(session, pictures, lanes)) {
        timing.fill(input.name(), InputValue.of(input, at));
        return timing.run(warmUp, steps, clock);
      }
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
