package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.OperatorSpec.ShapeInference;
import dev.phosphene.graph.OperatorTable;
import dev.phosphene.graph.PhospheneException;
import java.util.List;
import java.util.stream.Stream;

/** The table of standard operators, in the forms of operator set 21. */
public final class StandardOperators {
  private static final OperatorTable TABLE =
      new OperatorTable(
          Stream.of(
                  Elementwise.specs(),
                  Unary.specs(),
                  Casting.specs(),
                  Reduction.specs(),
                  MatrixProduct.specs(),
                  Convolution.specs(),
                  Pooling.specs(),
                  Normalization.specs(),
                  Reshaping.specs(),
                  Joining.specs(),
                  Slicing.specs(),
                  Indexing.specs(),
                  Generation.specs(),
                  Sampling.specs(),
                  EinsteinSum.specs(),
                  Recurrence.specs(),
                  Quantization.specs(),
                  SignalProcessing.specs(),
                  Attention.specs(),
                  Selection.specs(),
                  ControlFlow.specs(),
                  MachineLearning.specs(),
                  Microsoft.specs(),
                  MicrosoftArrays.specs(),
                  MicrosoftQuantized.specs(),
                  MicrosoftSequences.specs(),
                  BlockQuantized.specs())
              .flatMap(List::stream)
              .map(StandardOperators::located)
              .toList());

  private StandardOperators() {}

  public static OperatorTable table() {
    return TABLE;
  }

  private static OperatorSpec located(OperatorSpec spec) {
    return new OperatorSpec(
        spec.type(), spec.since(), located(spec.inference()), spec.evaluation());
  }

  /** Makes failures that know nothing of the node point at it. */
  private static ShapeInference located(ShapeInference inference) {
    return node -> {
      try {
        RequiredInputs.require(node);
        for (int i = 0; i < node.inputs(); i++) {
          if (node.shape(i).isRankKnown()) {
            Axes.requireLength(node, node.shape(i).rank());
          }
        }
        inference.infer(node);
      } catch (ArithmeticException e) {
        throw new PhospheneException(
            node.node().describe() + ": sizes overflow 64 bits, found inputs " + shapes(node), e);
      } catch (PhospheneException e) {
        throw e.getMessage().startsWith(node.node().describe())
            ? e
            : new PhospheneException(node.node().describe() + ": " + e.getMessage(), e);
      }
    };
  }

  private static String shapes(Inference node) {
    StringBuilder shapes = new StringBuilder();
    for (int i = 0; i < node.inputs(); i++) {
      shapes.append(i == 0 ? "" : ", ").append(node.shape(i));
    }
    return shapes.toString();
  }
}
