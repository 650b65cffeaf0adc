package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.smallSteps;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** Gradients of loops, and the bodies on which they are checked. */
final class Loops {
  private static final long STEPS = 4;

  private Loops() {}

  static List<GradientEntry> entries() {
    return List.of(GradientEntry.of("Scan", new ScanRule(), scans()));
  }

  private static List<GradientCase> scans() {
    GradientCase.Input state = smallSteps(-1, 1, 2, 3);
    GradientCase.Input sequence = smallSteps(-1, 1, STEPS, 2, 3);
    GradientCase.Input other = smallSteps(-1, 1, STEPS, 3);
    Attributes plain = scan(1, body(2, Loops::bent));
    GradientCase one = GradientCase.of("Scan", state, sequence).with(plain);
    List<GradientCase> cases = new ArrayList<>();
    for (int output = 0; output < 2; output++) {
      cases.add(one.outputs(2, output).named("output " + output));
      cases.add(
          one.with(
                  plain
                      .with("scan_input_directions", new long[] {1})
                      .with("scan_output_directions", new long[] {1}))
              .outputs(2, output)
              .named("backwards, output " + output));
      cases.add(
          one.with(plain.with("scan_input_directions", new long[] {1}))
              .outputs(2, output)
              .named("backwards, forwards, output " + output));
    }
    for (long axis : new long[] {1, 2, -1}) {
      long[] sizes = axis == 1 ? new long[] {2, STEPS, 3} : new long[] {2, 3, STEPS};
      cases.add(
          GradientCase.of("Scan", state, smallSteps(-1, 1, sizes))
              .with(
                  plain
                      .with("scan_input_axes", new long[] {axis})
                      .with("scan_output_axes", new long[] {axis}))
              .outputs(2, 1)
              .named("axis " + axis));
    }
    GradientCase several =
        GradientCase.of("Scan", state, smallSteps(-1, 1, 3), sequence, other)
            .with(scan(2, body(4, Loops::coupled)));
    for (int output = 0; output < 4; output++) {
      cases.add(several.outputs(4, output).named("two states, two sequences, output " + output));
    }
    cases.add(
        several
            .with(
                several
                    .attributes()
                    .with("scan_input_directions", new long[] {0, 1})
                    .with("scan_output_directions", new long[] {1, 0}))
            .outputs(4, 3)
            .named("sequences of two directions"));
    cases.add(
        GradientCase.of("Scan", sequence, other)
            .with(scan(2, body(2, Loops::apart)))
            .named("no state"));
    cases.add(
        GradientCase.of("Scan", sequence)
            .with(scan(1, body(1, Loops::alone)))
            .named("no state, one sequence"));
    cases.add(
        GradientCase.of("Scan", state, sequence)
            .with(scan(1, body(2, Loops::passing)))
            .outputs(2, 1)
            .named("state and slice as they are"));
    cases.add(
        GradientCase.of("Scan", state, sequence)
            .with(scan(1, body(2, Loops::nested)))
            .outputs(1, 0)
            .named("a Scan within"));
    return cases;
  }

  private static Attributes scan(int sequences, Graph body) {
    return Attributes.of("body", body, "num_scan_inputs", sequences);
  }

  /** A body without types: they follow from what the Scan is given. */
  private static Graph body(int inputs, BiFunction<GraphBuilder, List<Value>, List<Value>> step) {
    GraphBuilder body = new GraphBuilder(StandardOperators.table());
    List<Value> arguments = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      arguments.add(body.input("in" + i, ElementType.UNKNOWN, Shape.unknown()));
    }
    return body.build(step.apply(body, arguments).stream().map(Value::name).toList());
  }

  private static List<Value> bent(GraphBuilder body, List<Value> in) {
    Value next = body.apply("Tanh", body.add(in.get(0), in.get(1)));
    return List.of(next, body.multiply(next, in.get(1)));
  }

  private static List<Value> coupled(GraphBuilder body, List<Value> in) {
    Value sum = body.add(in.get(0), body.multiply(in.get(1), in.get(2)));
    Value next = body.apply("Tanh", sum);
    Value product = body.multiply(in.get(1), in.get(3));
    Value other = body.sigmoid(product);
    return List.of(next, other, body.multiply(next, other), body.multiply(product, in.get(0)));
  }

  private static List<Value> apart(GraphBuilder body, List<Value> in) {
    return List.of(body.multiply(body.apply("Tanh", in.get(0)), in.get(1)));
  }

  private static List<Value> alone(GraphBuilder body, List<Value> in) {
    return List.of(body.apply("Tanh", in.get(0)));
  }

  private static List<Value> passing(GraphBuilder body, List<Value> in) {
    return List.of(
        body.apply("Identity", in.get(1)), body.multiply(in.get(0), body.apply("Tanh", in.get(0))));
  }

  /** Each step goes over the rows of its slice, and reads the state from around that loop. */
  private static List<Value> nested(GraphBuilder body, List<Value> in) {
    Value start = body.reduceSum(in.get(0), false, 0);
    GraphBuilder inner = body.body();
    Value state = inner.input("row_state", ElementType.UNKNOWN, Shape.unknown());
    Value row = inner.input("row", ElementType.UNKNOWN, Shape.unknown());
    Value next = inner.multiply(inner.apply("Tanh", inner.multiply(state, row)), start);
    Attributes attributes = scan(1, inner.build(List.of(next.name())));
    Value last = body.apply("Scan", attributes, start, in.get(1));
    return List.of(body.multiply(last, in.get(0)));
  }
}
