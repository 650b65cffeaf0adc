package dev.phosphene.visualize;

import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.gradient.GradientRules;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.Model;
import dev.phosphene.session.Device;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.session.cache.SessionCache;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.loss.WeightedLoss;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What activation maximization and attributions have in common: a model, what in it is looked at,
 * and by which rules gradients flow back.
 *
 * @param <S> the visualization itself, which every setter returns
 */
public abstract class Visualization<S extends Visualization<S>> {
  private Model model;
  private @Nullable String layer;
  private boolean softmax;
  private @Nullable List<Integer> filters;
  private @Nullable List<WeightedLoss> losses;
  private @Nullable InputContract contract;
  private BackpropModifier backprop = BackpropModifier.NONE;
  private SessionSettings settings = SessionSettings.DEFAULT;

  /** A visualization of this model. */
  protected Visualization(Model model) {
    this.model = model;
  }

  /** This visualization, as what it is. */
  protected abstract S self();

  /** The layer: an index (negative from the end), a name or a glob; without it, the last. */
  public S layer(@Nullable String indexNameOrGlob) {
    this.layer = indexNameOrGlob;
    return self();
  }

  /** The layer at this index of the layer table, negative from the end. */
  public S layer(int index) {
    return layer(String.valueOf(index));
  }

  /**
   * These filters, channels or units together; without this, all that the layer has.
   *
   * @throws PhospheneException where there is none
   */
  public S filters(int... together) {
    return filters(IntStream.of(together).boxed().toList());
  }

  /**
   * These filters, channels or units together; without this, all that the layer has.
   *
   * @throws PhospheneException where there is none
   */
  public S filters(List<Integer> together) {
    if (together.isEmpty()) {
      throw new PhospheneException("No filter was chosen; choose one or more with filters(...)");
    }
    this.filters = List.copyOf(together);
    return self();
  }

  /** Losses in the place of the usual ones. */
  public S losses(WeightedLoss... weighted) {
    return losses(List.of(weighted));
  }

  /** Losses in the place of the usual ones. */
  public S losses(List<WeightedLoss> weighted) {
    this.losses = List.copyOf(weighted);
    return self();
  }

  /** Keeps a softmax at the end of layers, which is left out otherwise. */
  public S softmax(boolean kept) {
    this.softmax = kept;
    return self();
  }

  /** How gradients flow back through the network: guided, rectified, or a lambda of one's own. */
  public S backprop(BackpropModifier modifier) {
    this.backprop = modifier;
    return self();
  }

  /** What the network expects, in the place of what the model says. */
  public S inputContract(InputContract value) {
    this.contract = value;
    return self();
  }

  /**
   * Holds an input of the model, besides the one that is looked at, at a value. Inputs of which
   * nothing is said are held at zero, or at what the model's sidecar says; attention masks at one.
   *
   * @param name of the input
   * @param value in the shape of the input, or with one element along its batch axis
   * @throws PhospheneException as {@link Model#withInput}
   */
  public S input(String name, Tensor value) {
    this.model = model.withInput(name, value);
    return self();
  }

  /**
   * Says the sizes that the model leaves open in the shape of an input.
   *
   * @param input its name
   * @param sizes of all its axes
   * @throws PhospheneException as {@link Model#withShape}
   */
  public S shape(String input, long... sizes) {
    this.model = model.withShape(input, Shape.of(sizes));
    return self();
  }

  /**
   * Checks that the input that is looked at takes numbers that can change a little.
   *
   * @throws PhospheneException where it takes whole numbers; the message says what can be done
   */
  void requireNumbers() {
    Value input = model.input(model.mainInput());
    boolean isWhole = !input.type().isFloating() && input.type() != ElementType.UNKNOWN;
    if (isWhole || model.embedding().isPresent()) {
      throw new PhospheneException(
          "Input \"%s\" takes whole numbers, which cannot change a little; the gradient at what embeds them is had with: phosphene gradient"
              .formatted(input.name()));
    }
  }

  /** Processor threads in all, for one picture or several at a time; 0 for as many as there are. */
  public S threads(int count) {
    this.settings = settings.withThreads(count);
    return self();
  }

  /** What computes, in the place of the processor. */
  public S device(Device value) {
    this.settings = settings.withDevice(value);
    return self();
  }

  /** Keeps what is compiled in a folder, so that the next start is quick. */
  public S cache(SessionCache folder) {
    this.settings = settings.withCache(folder);
    return self();
  }

  /** A gradient of the same model, layer, filters, losses and rules. */
  protected Gradient toGradient() {
    Gradient gradient = Gradient.of(model);
    ((Visualization<?>) gradient).take(this);
    return gradient;
  }

  /** Takes all settings of another one but its model. */
  void take(Visualization<?> other) {
    layer = other.layer;
    softmax = other.softmax;
    filters = other.filters;
    losses = other.losses;
    contract = other.contract;
    backprop = other.backprop;
    settings = other.settings;
  }

  /** The model that is looked at. */
  public Model model() {
    return model;
  }

  /** What the network is taken to expect. */
  public InputContract contract() {
    return contract != null ? contract : model.inputContract();
  }

  /**
   * The layer as found, and whether a softmax was left out.
   *
   * @throws PhospheneException where there is no such layer; the message lists the nearest
   */
  public Target target() {
    return Target.of(model, layer, softmax);
  }

  /** The filters that were chosen, or all that the target has. */
  protected List<Integer> filtersOf(Target target) {
    if (filters == null) {
      return IntStream.range(0, target.filters()).boxed().toList();
    }
    target.requireFilters(filters);
    return filters;
  }

  /** The losses that were chosen, or these. */
  protected List<WeightedLoss> lossesOr(List<WeightedLoss> usual) {
    return losses == null ? usual : losses;
  }

  /** Whether a layer or filters were named. */
  protected boolean hasChosenLayer() {
    return layer != null || filters != null;
  }

  boolean isSoftmaxKept() {
    return softmax;
  }

  GradientRules rules() {
    return backprop.modify(StandardRules.rules());
  }

  SessionSettings settings() {
    return settings;
  }
}
