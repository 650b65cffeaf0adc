package dev.phosphene.visualize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.Model;
import dev.phosphene.model.onnx.OnnxWriter;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerActivationTest {
  @TempDir Path folder;

  @Test
  void needsNoFilters() {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value image = builder.input("image", ElementType.FLOAT32, Shape.of(1, 1, 2, 2));
    Value total = builder.reduceSum(image, false, 0, 1, 2, 3);
    OnnxWriter.write(builder.build(List.of(total.name())), folder.resolve("total.onnx"));
    Model model = Model.open(folder.resolve("total.onnx"));
    Target target = Target.of(model, null, false);
    assertThat(target.layer().filterAxis()).isEmpty();

    Tensor input = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
    Tensor activation = LayerActivation.of(model, target, input, SessionSettings.SMALL);
    assertThat(activation.shape()).isEqualTo(Shape.scalar());
    assertThat(activation.getDouble(0)).isEqualTo(10);
  }
}
