package dev.phosphene.visualize;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.GifFile;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.callback.AnimationRecorder;
import dev.phosphene.visualize.callback.JsonLines;
import dev.phosphene.visualize.callback.PrintLosses;
import dev.phosphene.visualize.loss.LpNorm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callbacks see and keep of a run. */
class CallbackTest {
  @TempDir Path folder;

  @Test
  void printsEachLossOfEachStep() {
    List<String> lines = new ArrayList<>();
    Picture picture = run(3).onIteration(new PrintLosses(lines::add)).run();
    assertThat(lines).hasSize(3);
    for (int step = 0; step < 3; step++) {
      Losses losses = picture.losses().get(step);
      assertThat(lines.get(step))
          .isEqualTo(
              String.format(
                  Locale.ROOT,
                  "Step %d of 3, overall %.6g, activation %.6g, lp norm %.6g, total variation %.6g",
                  step + 1,
                  losses.overall(),
                  losses.terms().get("activation"),
                  losses.terms().get("lp norm"),
                  losses.terms().get("total variation")));
    }
  }

  @Test
  void printsWhichPictureALineIsAbout() {
    List<String> lines = new ArrayList<>();
    run(1)
        .pictures(List.of(List.of(0), List.of(1, 4)))
        .onIteration(new PrintLosses(lines::add))
        .runAll();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).startsWith("Step 1 of 1, filter 0: overall ");
    assertThat(lines.get(1)).startsWith("Step 1 of 1, filter 1+4: overall ");
  }

  @Test
  void writesLossesAsJson() throws IOException {
    List<String> lines = new ArrayList<>();
    List<Picture> made = run(2).each(0, 3).onIteration(new JsonLines(lines::add)).runAll();
    assertThat(lines).hasSize(4);
    for (int i = 0; i < 4; i++) {
      Picture picture = made.get(i % 2);
      Losses losses = picture.losses().get(i / 2);
      JsonNode line = new ObjectMapper().readTree(lines.get(i));
      assertThat(line.get("step").asInt()).isEqualTo(i / 2 + 1);
      assertThat(line.get("filters").get(0).asInt()).isEqualTo(picture.filters().get(0));
      assertThat(line.get("overall").asDouble()).isEqualTo(losses.overall());
      assertThat(line.get("losses")).hasSize(3);
      losses
          .terms()
          .forEach(
              (name, value) ->
                  assertThat(line.get("losses").get(name).asDouble()).isEqualTo(value));
    }
  }

  @Test
  void recordsAnAnimationWithItsRecipe() throws IOException {
    Path file = folder.resolve("emerging.gif");
    ActivationMaximization run = run(8).onIteration(new AnimationRecorder(file));
    List<Picture> made = run.runAll();
    assertThat(frames(file)).isGreaterThan(8);
    assertThat(GifFile.recipe(file)).hasValue(run.record(made).toJson());
  }

  @Test
  void recordsNoRecipeOfARunWithPartsOfOnesOwn() throws IOException {
    Path file = folder.resolve("own.gif");
    run(3)
        .gradientModifier(gradient -> gradient[0] = 0)
        .onIteration(new AnimationRecorder(file))
        .run();
    assertThat(frames(file)).isGreaterThan(3);
    assertThat(GifFile.recipe(file).filter(recipe -> !recipe.isEmpty())).isEmpty();
  }

  private static int frames(Path file) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream stream = ImageIO.createImageInputStream(Files.newInputStream(file))) {
      reader.setInput(stream);
      return reader.getNumImages(true);
    } finally {
      reader.dispose();
    }
  }

  @Test
  void seesGradientInputAndLosses() {
    List<Tensor> inputs = new ArrayList<>();
    List<Tensor> gradients = new ArrayList<>();
    List<Losses> losses = new ArrayList<>();
    Picture picture =
        run(3)
            .onIteration(
                iteration -> {
                  assertThat(iteration.filters()).containsExactly(List.of(3));
                  assertThat(iteration.iterations()).isEqualTo(3);
                  inputs.addAll(iteration.state().inputs());
                  gradients.addAll(iteration.state().gradients());
                  losses.addAll(iteration.losses());
                })
            .run();
    assertThat(losses).isEqualTo(picture.losses());
    assertThat(inputs).hasSize(3);
    assertThat(inputs.get(2).toFloats()).containsExactly(picture.lastInput().toFloats());
    assertThat(gradients.get(2).toFloats()).containsExactly(picture.lastGradient().toFloats());

    Tensor seed = SmoothNetwork.stored("seed");
    assertThat(gradients.get(0).shape()).isEqualTo(seed.shape());
    for (int i = 0; i < seed.elements(); i++) { // the first step of RMSProp
      double g = gradients.get(0).getDouble(i);
      double expected = seed.getDouble(i) - g / Math.sqrt(0.05 * g * g + 1e-7);
      assertThat(inputs.get(0).getDouble(i)).isCloseTo(expected, within(1e-4));
    }
  }

  @Test
  void callsListenersInTheirOrderAndAtTheEnd() {
    List<String> calls = new ArrayList<>();
    run(1).onIteration(named("first", calls)).onIteration(named("second", calls)).run();
    assertThat(calls).containsExactly("first 1", "second 1", "first end", "second end");
  }

  private static Iteration.Listener named(String name, List<String> calls) {
    return new Iteration.Listener() {
      @Override
      public void onIteration(Iteration iteration) {
        calls.add(name + " " + iteration.number());
      }

      @Override
      public void onEnd(List<Picture> made, ActivationMaximization run) {
        calls.add(name + " end");
      }
    };
  }

  @Test
  void refusesToRecordARunWithoutALayer() {
    ActivationMaximization run =
        ActivationMaximization.minimizing(SmoothNetwork.in(folder), weighted(new LpNorm(2), 1));
    assertThat(run.isRecordable()).isFalse();
    assertThatThrownBy(() -> run.record(List.of()))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("cannot be recorded");
  }

  private ActivationMaximization run(int iterations) {
    return ActivationMaximization.of(SmoothNetwork.in(folder))
        .filters(3)
        .recipe(Recipe.KERAS_VIS)
        .iterations(iterations)
        .seedInput(SmoothNetwork.stored("seed"))
        .threads(1);
  }
}
