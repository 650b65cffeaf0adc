package dev.phosphene.graph;

import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the graph knows of an operator: how its outputs' types and shapes follow from its inputs,
 * and how to compute it when all inputs are small constants.
 *
 * @param type the operator
 * @param since version of the operator set in which the form that is used here appeared
 * @param inference of types and shapes of outputs
 * @param evaluation of the operator on constants; null where constants are not folded through it
 */
public record OperatorSpec(
    OperatorType type, int since, ShapeInference inference, @Nullable Evaluation evaluation) {

  /** Sets types and shapes of a node's outputs from what is known of its inputs. */
  @FunctionalInterface
  public interface ShapeInference {
    /**
     * Infers through {@link Inference#output}; an output not set stays unknown.
     *
     * @throws PhospheneException where inputs and attributes contradict the operator's definition
     */
    void infer(Inference node);
  }

  /** Computes an operator on constants. */
  @FunctionalInterface
  public interface Evaluation {
    /**
     * Computes all outputs of a node.
     *
     * @param inputs an entry an input, empty where an optional input is not there
     * @return an entry an output; an empty list where these inputs are better left to run time
     */
    List<Tensor> evaluate(Node node, List<Optional<Tensor>> inputs);
  }

  public OperatorSpec(String name, int since, ShapeInference inference) {
    this(OperatorType.of(name), since, inference, null);
  }

  public OperatorSpec(String name, int since, ShapeInference inference, Evaluation evaluation) {
    this(OperatorType.of(name), since, inference, evaluation);
  }
}
