package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of a model that are not looked at, each with the value that it keeps: the one that was
 * given, else a number that fills it.
 *
 * <p>Sizes that the model leaves open follow from the input that is looked at, where the model
 * calls them by the same symbol or both leave the same axis open; else they are 1. An array of one
 * element along a batch axis is repeated for every picture.
 */
public final class HeldInputs {
  /** Elements of an input that is filled. */
  private static final long MOST_ELEMENTS = 1L << 28;

  /**
   * Inputs of ones where nothing is said: transformers calls them so, and 1 means that a token or
   * pixel is seen.
   */
  private static final List<String> SEEN = List.of("attention_mask", "pixel_mask");

  private final List<Held> held;

  /**
   * An input and what fills it.
   *
   * @param input with its shape
   * @param given null where a number fills the input
   * @param fill that number
   */
  private record Held(Value input, @Nullable Tensor given, double fill) {}

  private HeldInputs(List<Held> held) {
    this.held = held;
  }

  /**
   * What becomes of a graph's inputs but one.
   *
   * @param graph of the model, or the part of it that counts
   * @param main name of the input that is looked at
   * @param mainShape its shape
   * @throws PhospheneException where two inputs contradict each other in their shapes
   */
  public static HeldInputs of(Model model, Graph graph, String main, Shape mainShape) {
    GivenInputs given = model.given();
    Map<String, Long> symbols = new HashMap<>();
    Value declaredMain = model.graph().value(main);
    GivenInputs.learn(declaredMain, mainShape, symbols);
    given
        .held()
        .forEach(
            (name, value) ->
                GivenInputs.learn(
                    model.graph().value(name), GivenInputs.ofAnyBatch(value.shape()), symbols));
    given.symbols(model.graph()).forEach(symbols::putIfAbsent);
    List<Held> held = new ArrayList<>();
    for (Value input : graph.inputs()) {
      if (!input.name().equals(main)) {
        Shape known = given.known(input, symbols);
        Tensor value = given.held().get(input.name());
        Value sized =
            new Value(
                input.name(),
                input.type() == ElementType.UNKNOWN ? ElementType.FLOAT32 : input.type(),
                value != null
                    ? forBatch(input, value.shape(), declaredMain, mainShape)
                    : filled(known, declaredMain.shape(), mainShape));
        held.add(new Held(sized, value, value != null ? 0 : model.fill(input.name())));
      }
    }
    return new HeldInputs(List.copyOf(held));
  }

  /** The number that fills an input of which nobody said anything. */
  static double usualFill(String input) {
    String name = input.toLowerCase(Locale.ROOT);
    return SEEN.stream().anyMatch(name::contains) ? 1 : 0;
  }

  private static Shape forBatch(Value input, Shape value, Value main, Shape mainShape) {
    boolean isOpen =
        input.shape().isRankKnown() && input.rank() > 0 && !input.shape().dimension(0).isKnown();
    boolean isRepeated = isOpen && value.size(0) == 1 && isBatched(main.shape(), mainShape);
    return isRepeated ? value.with(0, mainShape.dimension(0)) : value;
  }

  /** Whether the first axis of the input that is looked at counts pictures, any number of them. */
  private static boolean isBatched(Shape declared, Shape shape) {
    return shape.isRankKnown()
        && shape.rank() > 0
        && !(declared.isRankKnown() && declared.rank() > 0 && declared.dimension(0).isKnown());
  }

  private static Shape filled(Shape known, Shape declaredMain, Shape mainShape) {
    if (!known.isRankKnown()) {
      return known;
    }
    boolean alike = mainShape.isRankKnown() && mainShape.rank() == known.rank();
    List<Dimension> sizes = new ArrayList<>();
    for (int axis = 0; axis < known.rank(); axis++) {
      Dimension size = known.dimension(axis);
      if (!size.isKnown()) {
        boolean bothOpen =
            axis == 0
                ? isBatched(declaredMain, mainShape)
                : alike && declaredMain.isRankKnown() && !declaredMain.dimension(axis).isKnown();
        size = bothOpen ? mainShape.dimension(axis) : Dimension.of(1);
      }
      sizes.add(size);
    }
    return Shape.of(sizes);
  }

  /**
   * A graph in which these inputs are constants.
   *
   * @throws PhospheneException where no array can stand for one of them
   */
  public Graph applyTo(Graph graph) {
    Map<String, Tensor> values = new LinkedHashMap<>();
    held.forEach(each -> values.put(each.input().name(), value(each)));
    return constant(graph, values);
  }

  /** A graph in which inputs are constants. */
  static Graph constant(Graph graph, Map<String, Tensor> values) {
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.constants());
    constants.putAll(values);
    List<Value> left =
        graph.inputs().stream().filter(input -> !constants.containsKey(input.name())).toList();
    return new Graph(left, graph.outputs(), graph.nodes(), constants, graph.values());
  }

  private static Tensor value(Held held) {
    Value input = held.input();
    Shape shape = input.shape();
    if (!shape.isStatic()
        || input.type() == ElementType.STRING
        || Arrays.stream(shape.sizes()).asDoubleStream().reduce(1, (a, b) -> a * b)
            > MOST_ELEMENTS) {
      throw new PhospheneException(
          "Input \"%s\" (%s%s) cannot be held at %s; give it with --input %s=FILE.npy"
              .formatted(input.name(), input.type(), shape, number(held.fill()), input.name()));
    }
    Tensor given = held.given();
    if (given == null) {
      return constant(input, held.fill());
    }
    return given.shape().equals(shape) ? given : repeated(given, (int) shape.size(0));
  }

  private static Tensor constant(Value input, double fill) {
    int elements = Math.toIntExact(input.shape().elements());
    if (fill == 0) {
      return Tensor.over(
          input.type(),
          input.shape().sizes(),
          ByteBuffer.allocate(Math.multiplyExact(elements, input.type().bytes())));
    }
    double[] values = new double[elements];
    Arrays.fill(values, fill);
    return Tensor.converted(input.type(), values, input.shape().sizes());
  }

  private static Tensor repeated(Tensor one, int times) {
    int[] indices = new int[Math.multiplyExact(one.elements(), times)];
    Arrays.setAll(indices, i -> i % one.elements());
    long[] sizes = one.sizes();
    sizes[0] = times;
    return one.select(indices, sizes);
  }

  /** Names and values of the inputs that were not given: {@code "mask" float32[1, 8] at 0}. */
  public List<String> filled() {
    return held.stream()
        .filter(each -> each.given() == null)
        .map(
            each ->
                "\"%s\" (%s%s) at %s"
                    .formatted(
                        each.input().name(),
                        each.input().type(),
                        each.input().shape(),
                        number(each.fill())))
        .toList();
  }

  private static String number(double number) {
    return number == Math.rint(number)
        ? String.format(Locale.ROOT, "%.0f", number)
        : Double.toString(number);
  }
}
