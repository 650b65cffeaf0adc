package dev.phosphene.graph.operator;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.loop.ScanForm;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * If, Loop and Scan, whose outputs are those of their bodies. Symbols of a body mean nothing
 * outside it, so only its known sizes are used.
 */
final class ControlFlow {
  private ControlFlow() {}

  static List<OperatorSpec> specs() {
    return List.of(
        new OperatorSpec("If", 21, ControlFlow::choose),
        new OperatorSpec("Loop", 21, ControlFlow::loop),
        new OperatorSpec("Scan", 21, ControlFlow::scan));
  }

  private static void choose(Inference node) {
    Optional<Graph> then = node.attributes().graph("then_branch");
    Optional<Graph> otherwise = node.attributes().graph("else_branch");
    for (int i = 0; i < node.outputs(); i++) {
      Value a = output(then, i);
      Value b = output(otherwise, i);
      node.output(
          i,
          a.type() == b.type() ? a.type() : ElementType.UNKNOWN,
          common(sizes(a.shape()), sizes(b.shape())));
    }
  }

  /** Carried values, which may change their shapes, then stacks of one entry an iteration. */
  private static void loop(Inference node) {
    Optional<Graph> body = node.attributes().graph("body");
    int carried = Math.max(0, node.inputs() - 2);
    for (int i = 0; i < node.outputs(); i++) {
      Value output = output(body, i + 1);
      Shape shape = sizes(output.shape());
      node.output(
          i,
          output.type(),
          i < carried
              ? common(shape, sizes(node.shape(i + 2)))
              : stacked(shape, 0, Dimension.unknown()));
    }
  }

  /** States, which keep their shapes, then stacks of one entry a step. */
  private static void scan(Inference node) {
    ScanForm form = ScanForm.of(node.node()).orElse(null);
    if (form == null) {
      return;
    }
    long steps = form.steps(node.input(form.states()));
    Dimension length = steps < 0 ? Dimension.unknown() : Dimension.of(steps);
    for (int i = 0; i < node.outputs(); i++) {
      Value output = form.body().value(form.body().outputs().get(i));
      boolean carried = i < form.states();
      ElementType type =
          carried && node.type(i) != ElementType.UNKNOWN ? node.type(i) : output.type();
      node.output(
          i,
          type,
          carried
              ? sizes(node.shape(i))
              : stacked(sizes(output.shape()), form.given().get(i - form.states()).axis(), length));
    }
  }

  private static Value output(Optional<Graph> body, int index) {
    return body.filter(graph -> index < graph.outputs().size())
        .map(graph -> graph.value(graph.outputs().get(index)))
        .orElse(Value.ABSENT);
  }

  private static Shape sizes(Shape shape) {
    return shape.isRankKnown() ? Shape.of(shape.sizes()) : shape;
  }

  private static Shape stacked(Shape shape, int axis, Dimension length) {
    int position = shape.isRankKnown() && axis < 0 ? axis + shape.rank() + 1 : axis;
    if (!shape.isRankKnown() || position < 0 || position > shape.rank()) {
      return Shape.unknown();
    }
    List<Dimension> sizes = new ArrayList<>(shape.dimensions());
    sizes.add(position, length);
    return Shape.of(sizes);
  }

  /** What two shapes have in common. */
  private static Shape common(Shape a, Shape b) {
    if (!a.isRankKnown() || !b.isRankKnown() || a.rank() != b.rank()) {
      return Shape.unknown();
    }
    Shape common = a;
    for (int axis = 0; axis < a.rank(); axis++) {
      if (a.size(axis) != b.size(axis)) {
        common = common.with(axis, Dimension.unknown());
      }
    }
    return common;
  }
}
