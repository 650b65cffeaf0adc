package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scaled dot-product attention: {@code softmax(cap(scale Q K^T) + bias) V}, with queries {@code [N,
 * heads, L, E]}, keys {@code [N, heads, S, E]} and values {@code [N, heads, S, F]}.
 */
final class DotProductAttention {
  /**
   * Added to scores that must not count: far below any score, and a few of them do not overflow.
   */
  private static final double MASKED = -1e37;

  /** The same for float16, whose largest number is 65504. */
  private static final double MASKED_FLOAT16 = -1e4;

  private final Composite graph;
  private final Value query;
  private final Value key;
  private final Value value;
  private final List<Value> biases = new ArrayList<>();
  private double scale;
  private double cap;
  private boolean emptyRows;

  /**
   * What lies on the way to the output.
   *
   * @param raw scaled products of queries and keys {@code [N, heads, L, S]}
   * @param capped the same after the soft cap
   * @param biased the same with biases and masks
   * @param probabilities after the softmax
   * @param output {@code [N, heads, L, F]}
   */
  record Result(Value raw, Value capped, Value biased, Value probabilities, Value output) {}

  /** Keys and values of fewer heads than queries serve several of those, one after the other. */
  DotProductAttention(Composite graph, Value query, Value key, Value value) {
    this.graph = graph;
    this.query = query;
    long heads = graph.sizes(query)[1];
    this.key = repeated(key, heads);
    this.value = repeated(value, heads);
    this.scale = 1 / Math.sqrt((double) graph.sizes(query)[3]);
  }

  /** Keys or values {@code [N, few, S, E]} for so many heads. */
  private Value repeated(Value few, long heads) {
    long[] sizes = graph.sizes(few);
    if (sizes[1] == heads) {
      return few;
    }
    if (sizes[1] < 1 || heads % sizes[1] != 0) {
      throw graph.error(
          "%d heads of keys and values do not divide %d heads of queries"
              .formatted(sizes[1], heads));
    }
    long times = heads / sizes[1];
    Value column = graph.unsqueeze(few, 2);
    Value wide = graph.expand(column, sizes[0], sizes[1], times, sizes[2], sizes[3]);
    return graph.reshape(wide, sizes[0], heads, sizes[2], sizes[3]);
  }

  long queries() {
    return graph.sizes(query)[2];
  }

  long keys() {
    return graph.sizes(key)[2];
  }

  /** Scales by this instead of {@code 1 / sqrt(E)}, where it is not zero. */
  DotProductAttention scale(double factor) {
    scale = factor == 0 ? scale : factor;
    return this;
  }

  /** Bounds scores s softly, {@code c tanh(s / c)}, where c is above zero. */
  DotProductAttention cap(double bound) {
    cap = bound;
    return this;
  }

  /** Adds to the scores; broadcasts to {@code [N, heads, L, S]}. */
  DotProductAttention bias(Value added) {
    biases.add(added);
    return this;
  }

  /** Adds a number where a condition does not hold; broadcasts to {@code [N, heads, L, S]}. */
  DotProductAttention where(Value allowed, double otherwise) {
    return bias(
        graph.where(allowed, graph.scalarLike(query, 0), graph.scalarLike(query, otherwise)));
  }

  /** Lets only those scores count where a condition holds. */
  DotProductAttention where(Value allowed) {
    return where(allowed, masked());
  }

  /** What masks a score. */
  double masked() {
    return query.type() == ElementType.FLOAT16 ? MASKED_FLOAT16 : MASKED;
  }

  /** Queries for which no key counts give zero, instead of the mean of all values. */
  DotProductAttention emptyRows() {
    emptyRows = true;
    return this;
  }

  /**
   * Query i sees keys up to {@code i + offset}.
   *
   * @param window how many keys before its own position it sees besides; negative for all
   */
  DotProductAttention causal(long offset, long window) {
    return causal(graph.unsqueeze(counting(queries(), offset), 1), window);
  }

  /** The last queries end where so many keys of each batch entry do; lengths {@code [N]}. */
  DotProductAttention causal(Value lengths) {
    Value ends = graph.reshape(graph.cast(lengths, ElementType.INT64), -1, 1, 1, 1);
    return causal(graph.add(ends, graph.unsqueeze(counting(queries(), -queries()), 1)), -1);
  }

  /** A query sees keys up to its last one; the mask of all pairs would be a large constant. */
  private DotProductAttention causal(Value last, long window) {
    Value keys = counting(keys(), 0);
    where(graph.apply("LessOrEqual", keys, last));
    if (window >= 0) {
      Value first = graph.add(last, graph.constant(Tensor.scalar(-window)));
      where(graph.apply("GreaterOrEqual", keys, first));
    }
    return this;
  }

  /** So many whole numbers from a first one on. */
  private Value counting(long count, long first) {
    long[] numbers = new long[Math.toIntExact(count)];
    Arrays.setAll(numbers, i -> first + i);
    return graph.constant(Tensor.vector(numbers));
  }

  /** Only so many keys of each batch entry count; lengths {@code [N]}, of any integer type. */
  DotProductAttention lengths(Value lengths) {
    Value positions = counting(keys(), 0);
    Value column = graph.reshape(graph.cast(lengths, ElementType.INT64), -1, 1, 1, 1);
    return where(graph.less(positions, column));
  }

  Result run() {
    Value scaled = graph.multiply(query, scale);
    Value raw = graph.multiplyTransposed(scaled, key);
    Value capped =
        cap > 0 ? graph.multiply(graph.apply("Tanh", graph.multiply(raw, 1 / cap)), cap) : raw;
    Value biased = capped;
    for (Value bias : biases) {
      biased = graph.add(biased, bias);
    }
    Value probabilities = graph.apply("Softmax", Attributes.of("axis", -1), biased);
    if (emptyRows) {
      Value highest = graph.reduce("ReduceMax", biased, true, -1);
      Value counts = graph.greater(highest, graph.scalarLike(highest, masked() / 2));
      probabilities = graph.where(counts, probabilities, graph.scalarLike(probabilities, 0));
    }
    return new Result(
        raw, capped, biased, probabilities, graph.matrixMultiply(probabilities, value));
  }
}
