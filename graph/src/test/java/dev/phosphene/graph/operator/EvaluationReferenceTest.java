package dev.phosphene.graph.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Constants are computed as ONNX Runtime computes them. */
class EvaluationReferenceTest {
  static Stream<ReferenceCase> cases() {
    return ReferenceCase.read("values.json");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatOnnxRuntimeGives(ReferenceCase reference) {
    List<Optional<Tensor>> inputs = new ArrayList<>();
    for (JsonNode input : reference.inputs()) {
      inputs.add(input.isNull() ? Optional.empty() : Optional.of(ReferenceCase.tensor(input)));
    }
    List<Tensor> outputs = evaluate(reference, inputs);
    assertThat(outputs).hasSize(reference.outputs().size());
    for (int i = 0; i < outputs.size(); i++) {
      Tensor expected = ReferenceCase.tensor(reference.outputs().get(i));
      Tensor found = outputs.get(i);
      assertThat(found).hasToString(expected.toString());
      if (!expected.type().isFloating()) {
        assertThat(found.toLongs()).containsExactly(expected.toLongs());
        continue;
      }
      for (int k = 0; k < found.elements(); k++) {
        double element = expected.getDouble(k);
        // Transcendental functions may differ in the last place.
        double last = Double.isFinite(element) ? Math.ulp((float) element) : 0;
        assertThat(found.getDouble(k)).isCloseTo(element, Offset.offset(last));
      }
    }
  }

  private static List<Tensor> evaluate(ReferenceCase reference, List<Optional<Tensor>> inputs) {
    OperatorType type = OperatorType.of(reference.operator());
    List<String> names =
        IntStream.range(0, inputs.size())
            .mapToObj(i -> inputs.get(i).isPresent() ? "x" + i : "")
            .toList();
    List<String> outputs =
        IntStream.range(0, reference.outputs().size()).mapToObj(i -> "y" + i).toList();
    Node node = new Node("", type, names, outputs, reference.attributes(), Map.of());
    OperatorSpec spec = StandardOperators.table().find(type).orElseThrow();
    OperatorSpec.Evaluation evaluation = spec.evaluation();
    assertThat(evaluation).isNotNull();
    return evaluation.evaluate(node, inputs);
  }
}
