package dev.phosphene.graph;

import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A constant argument of a node, of one of the kinds that ONNX has. */
public sealed interface Attribute {
  record IntegerValue(long value) implements Attribute {
    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  record RealValue(float value) implements Attribute {
    @Override
    public String toString() {
      return Float.toString(value);
    }
  }

  record TextValue(String value) implements Attribute {
    @Override
    public String toString() {
      return '"' + value + '"';
    }
  }

  record TensorValue(Tensor value) implements Attribute {
    @Override
    public String toString() {
      return value.toString();
    }
  }

  /** A body of If, Loop or Scan; it may read values of the graph around it by name. */
  record GraphValue(Graph value) implements Attribute {
    @Override
    public String toString() {
      return "graph(" + value.nodes().size() + " nodes)";
    }
  }

  record Integers(long[] values) implements Attribute {
    public Integers {
      values = values.clone();
    }

    @Override
    public long[] values() {
      return values.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Integers integers && Arrays.equals(values, integers.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
      return Arrays.toString(values);
    }
  }

  record Reals(float[] values) implements Attribute {
    public Reals {
      values = values.clone();
    }

    @Override
    public float[] values() {
      return values.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Reals reals && Arrays.equals(values, reals.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
      return Arrays.toString(values);
    }
  }

  record Texts(List<String> values) implements Attribute {
    public Texts {
      values = List.copyOf(values);
    }

    @Override
    public String toString() {
      return values.stream().collect(Collectors.joining("\", \"", "[\"", "\"]"));
    }
  }

  /**
   * A reference to an attribute of the function around the node; gone once functions are inlined.
   */
  record Reference(String name) implements Attribute {
    @Override
    public String toString() {
      return "@" + name;
    }
  }
}
