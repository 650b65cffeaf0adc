package dev.phosphene.graph.loop;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Scan by what its inputs and outputs are: first the states that each step hands to the next,
 * then sequences, of which each step reads a slice or to which it adds one.
 *
 * @param body inputs: the states and a slice of each sequence; outputs: the next states and a slice
 *     for each sequence given
 * @param states how many there are
 * @param read where the slices of the sequences read lie
 * @param given where the slices of the sequences given go
 * @see <a href="https://onnx.ai/onnx/operators/onnx__Scan.html">Scan</a>
 */
public record ScanForm(Graph body, int states, List<Slices> read, List<Slices> given) {

  /**
   * The slices of one sequence.
   *
   * @param axis along which steps lie, negative from the last
   * @param backwards whether the first step has the last slice
   */
  public record Slices(int axis, boolean backwards) {
    /** The slices one after the other along the first axis. */
    public static final Slices FORWARDS = new Slices(0, false);

    /** The same slices in the other order. */
    public Slices reversed() {
      return new Slices(axis, !backwards);
    }

    /** The shape of one slice of a sequence of known rank, with an axis less. */
    public Shape slice(Shape sequence) {
      List<Dimension> sizes = new ArrayList<>(sequence.dimensions());
      sizes.remove(axis < 0 ? axis + sequence.rank() : axis);
      return Shape.of(sizes);
    }
  }

  public ScanForm {
    read = List.copyOf(read);
    given = List.copyOf(given);
  }

  /** The parts of a Scan; empty for other nodes, and where its numbers contradict each other. */
  public static Optional<ScanForm> of(Node node) {
    Graph body = node.is("Scan") ? node.attributes().graph("body").orElse(null) : null;
    if (body == null) {
      return Optional.empty();
    }
    long scanned = node.attributes().integer("num_scan_inputs", 0);
    int states = (int) (node.inputs().size() - scanned);
    if (scanned < 1
        || states < 0
        || body.inputs().size() != node.inputs().size()
        || body.outputs().size() < states
        || node.outputs().size() > body.outputs().size()) {
      return Optional.empty();
    }
    return Optional.of(
        new ScanForm(
            body,
            states,
            slices(node, "scan_input", (int) scanned),
            slices(node, "scan_output", body.outputs().size() - states)));
  }

  private static List<Slices> slices(Node node, String which, int count) {
    long[] axes = entries(node, which + "_axes", count);
    long[] directions = entries(node, which + "_directions", count);
    List<Slices> slices = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      slices.add(new Slices((int) axes[i], directions[i] == 1));
    }
    return slices;
  }

  private static long[] entries(Node node, String attribute, int count) {
    return node.attributes()
        .integers(attribute)
        .filter(entries -> entries.length == count)
        .orElse(new long[count]);
  }

  /**
   * How many steps there are; -1 where that is not known.
   *
   * @param sequence the first that is read
   */
  public long steps(Value sequence) {
    int axis = read.get(0).axis();
    boolean isKnown =
        sequence.shape().isRankKnown() && axis >= -sequence.rank() && axis < sequence.rank();
    return isKnown ? sequence.size(axis) : -1;
  }
}
