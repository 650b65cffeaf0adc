package dev.phosphene.visualize.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.References;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each transform, read as recipes hold it, against PyTorch with the same draws. */
class TransformReferenceTest {
  private static final References STORED = References.of("transforms");

  static List<String> names() {
    return STORED.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void changesImagesAndGradientsAsPyTorchDoes(String name) throws Exception {
    JsonNode facts = STORED.facts(name);
    Transform transform =
        new ObjectMapper().readValue(facts.get("transform").asText(), Transform.class);
    long seed = facts.get("seed").asLong();
    Tensor input = STORED.array(name, "input");
    STORED.assertClose(Transformed.images(transform, input, seed), name, "output", 1e-6);
    Tensor slope = STORED.array(name, "slope");
    STORED.assertClose(Transformed.gradient(transform, input, slope, seed), name, "gradient", 1e-6);
  }
}
