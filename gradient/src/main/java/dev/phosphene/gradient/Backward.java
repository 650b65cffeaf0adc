package dev.phosphene.gradient;

import dev.phosphene.graph.Attribute;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.NodeView;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a gradient rule sees of one forward node, and where it writes: the node's inputs, outputs
 * and the gradients that have come back to its outputs. As an {@link Emitter} it adds nodes to the
 * graph.
 */
public final class Backward implements NodeView {
  private final GraphBuilder builder;
  private final GradientRules rules;
  private final Node node;
  private final List<@Nullable Value> gradients;
  private final IntPredicate wanted;
  private final BiConsumer<Integer, Value> receiver;
  private final Selections selections;

  /** Which gradients of this run are selections. */
  interface Selections {
    void note(Value gradient, Value source, Selection selection);

    Optional<Value> masked(Value gradient, Value source, UnaryOperator<Value> mask);
  }

  Backward(
      GraphBuilder builder,
      GradientRules rules,
      Node node,
      List<@Nullable Value> gradients,
      IntPredicate wanted,
      BiConsumer<Integer, Value> receiver,
      Selections selections) {
    this.builder = builder;
    this.rules = rules;
    this.node = node;
    this.gradients = gradients;
    this.wanted = wanted;
    this.receiver = receiver;
    this.selections = selections;
  }

  @Override
  public Node node() {
    return node;
  }

  public int inputs() {
    return node.inputs().size();
  }

  /**
   * What the bodies of the node read of the graph around them. {@link #wants} and {@link #give}
   * count these after the inputs.
   */
  public List<Value> captures() {
    return captures(node).stream().map(builder::value).toList();
  }

  static List<String> captures(Node node) {
    List<String> captures = new ArrayList<>();
    for (Attribute attribute : node.attributes().values().values()) {
      if (attribute instanceof Attribute.GraphValue body) {
        captures.addAll(body.value().captures());
      }
    }
    return captures.stream().distinct().toList();
  }

  /** Whether the optional input at this position is there. */
  public boolean has(int input) {
    return node.hasInput(input);
  }

  /** An input of the forward node, {@link Value#ABSENT} where it is not there. */
  @Override
  public Value input(int index) {
    return builder.value(node.input(index));
  }

  /** Any value of the graph. */
  public Value value(String name) {
    return builder.value(name);
  }

  /** The node that gives a value; empty for inputs and constants. */
  public Optional<Node> producer(Value value) {
    return builder.producer(value.name());
  }

  /** The forward node's first output. */
  public Value output() {
    return output(0);
  }

  public Value output(int index) {
    return builder.value(node.output(index));
  }

  public int outputs() {
    return node.outputs().size();
  }

  /**
   * The gradient that came back to the first output; of the output's shape and type.
   *
   * @throws PhospheneException where none came: the node is used through another output only
   */
  public Value gradient() {
    return gradient(0)
        .orElseThrow(() -> error("a gradient through its other outputs is not supported"));
  }

  /** The gradient that came back to an output; empty where none did, which means zero. */
  public Optional<Value> gradient(int output) {
    return output < gradients.size()
        ? Optional.ofNullable(gradients.get(output))
        : Optional.empty();
  }

  /** Whether the gradient at this input is needed; giving it otherwise is a waste, not an error. */
  public boolean wants(int input) {
    return wanted.test(input);
  }

  /**
   * Gives the gradient at an input. It may have more or longer axes than the input where the
   * operator broadcasts: it is summed over them.
   */
  public void give(int input, Value gradient) {
    if (wants(input)) {
      receiver.accept(input, gradient);
    }
  }

  /** Gives the gradient at an input, moved back from what the operator selected there. */
  public void give(int input, Selection selection) {
    if (wants(input)) {
      Value gradient = selection.back().apply(selection.gradient());
      selections.note(gradient, input(input), selection);
      receiver.accept(input, gradient);
    }
  }

  /**
   * The gradient at the first output times a function of the output's elements; where all of it
   * came back from a {@link Selection}, the function of what was selected.
   *
   * @param mask from elements to factors of the same shape
   */
  public Value maskedGradient(UnaryOperator<Value> mask) {
    return selections
        .masked(gradient(), output(), mask)
        .orElseGet(() -> multiply(gradient(), mask.apply(output())));
  }

  /**
   * The same view of the node with another gradient at its outputs: all of them get none but the
   * first. A backprop modifier hands this to the rule that it modifies.
   *
   * @param gradient of the first output's shape
   */
  public Backward withGradient(Value gradient) {
    return new Backward(builder, rules, node, List.of(gradient), wanted, receiver, selections);
  }

  /**
   * The same view of the node, changing every gradient that is given at an input. A backprop
   * modifier hands this to the rule whose results it changes.
   */
  public Backward withResult(UnaryOperator<Value> change) {
    return new Backward(
        builder,
        rules,
        node,
        gradients,
        wanted,
        (input, gradient) -> receiver.accept(input, change.apply(gradient)),
        selections);
  }

  /**
   * Gives the gradients of other nodes that compute what the forward node does: they are written,
   * and differentiated by the rules of this run.
   *
   * @param forward writes them: from what stands for the node's inputs to an entry an output,
   *     {@link Value#ABSENT} or none where no gradient flows through it
   */
  public void giveThrough(UnaryOperator<List<Value>> forward) {
    List<Value> standIns = new ArrayList<>();
    List<Value> wantedOnes = new ArrayList<>();
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < inputs(); i++) {
      // A value of its own ends the differentiation, also where one input depends on another.
      Value standIn = wants(i) ? apply("Identity", input(i)) : input(i);
      standIns.add(standIn);
      if (wants(i)) {
        wantedOnes.add(standIn);
        positions.add(i);
      }
    }
    List<Value> outputs = forward.apply(standIns);
    Map<String, Value> seeds = new LinkedHashMap<>();
    for (int i = 0; i < outputs.size(); i++) {
      Optional<Value> seed = gradient(i);
      if (outputs.get(i).isPresent() && seed.isPresent()) {
        seeds.merge(outputs.get(i).name(), seed.get(), this::add);
      }
    }
    List<Optional<Value>> results = Differentiation.within(builder, seeds, wantedOnes, rules);
    for (int i = 0; i < results.size(); i++) {
      int position = positions.get(i);
      results.get(i).ifPresent(gradient -> give(position, gradient));
    }
  }

  /**
   * Adds a vector-Jacobian product to a body that is being written, by the rules of this run.
   *
   * @param body grown from {@link #body()}
   * @param seeds gradients at values of the body, by the values' names
   * @param wanted values that the body has or reads
   * @return an entry a wanted value, empty where nothing flows to it
   */
  public List<Optional<Value>> productsWithin(
      GraphBuilder body, Map<String, Value> seeds, List<Value> wanted) {
    return Differentiation.within(body, seeds, wanted, rules);
  }

  /**
   * Puts a node with more outputs in the place of the forward node, or of what this gave before.
   *
   * @param current the node that is there now
   * @param added what is known of the outputs that it does not have
   */
  public Node widen(Node current, Node wider, List<Value> added) {
    builder.widen(current, wider, added);
    return wider;
  }

  /** A name like this one that no value has yet. */
  public String freshName(String like) {
    return builder.freshName(like);
  }

  /** The same view of the node, not wanting the gradient at one input. */
  public Backward without(int input) {
    IntPredicate others = other -> other != input && wanted.test(other);
    return new Backward(builder, rules, node, gradients, others, receiver, selections);
  }

  /** Zeros of the type and sizes of a value. */
  public Value zerosLike(Value value) {
    return expand(scalarLike(value, 0), sizes(value));
  }

  @Override
  public List<Value> apply(
      OperatorType type, int outputs, Attributes attributes, List<Value> arguments) {
    return builder.apply(type, outputs, attributes, arguments);
  }

  @Override
  public GraphBuilder body() {
    return builder.body();
  }

  @Override
  public Value constant(Tensor tensor) {
    return builder.constant(tensor);
  }

  @Override
  public Optional<Tensor> constantOf(Value value) {
    return builder.constantOf(value);
  }
}
