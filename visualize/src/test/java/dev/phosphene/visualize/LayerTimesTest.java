package dev.phosphene.visualize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.model.Model;
import dev.phosphene.session.NodeTime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerTimesTest {
  @TempDir Path folder;
  private Model model;

  @BeforeEach
  void open() {
    model = SmoothNetwork.in(folder);
  }

  @Test
  void tellsLayersOnTheWayForwardAndBackward() {
    List<LayerTimes> told = new ArrayList<>();
    ActivationMaximization.of(model)
        .filters(0)
        .recipe(Recipe.NATURAL.with(changes -> changes.iterations(4)))
        .onProfile(told::add)
        .run();
    assertThat(told).hasSize(1);
    List<LayerTimes.Row> convolutions =
        told.get(0).rows().stream().filter(row -> row.layer().kind().equals("Conv")).toList();
    assertThat(convolutions).isNotEmpty();
    assertThat(convolutions)
        .allSatisfy(
            row -> {
              assertThat(row.forward()).isPositive();
              assertThat(row.backward()).isPositive();
            });
    assertThat(told.get(0).rest()).isPositive();
  }

  @Test
  void sumsNodesByTheNameThatTheyWereWrittenFor() {
    String name = model.graph().nodes().get(0).name();
    LayerTimes times =
        LayerTimes.of(
            model,
            List.of(
                new NodeTime(name, "Conv", 2),
                new NodeTime(name + "/ReorderInput_1", "ReorderInput", 0.5),
                new NodeTime("gradient/" + name + "/Conv_3", "Conv", 4),
                new NodeTime("phosphene/Mul_1", "Mul", 1)));
    assertThat(times.rows()).hasSize(1);
    assertThat(times.rows().get(0).forward()).isEqualTo(2.5);
    assertThat(times.rows().get(0).backward()).isEqualTo(4);
    assertThat(times.rest()).isEqualTo(1);
    assertThat(times.whole()).isEqualTo(7.5);
  }
}
