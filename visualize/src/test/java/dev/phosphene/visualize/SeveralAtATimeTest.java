package dev.phosphene.visualize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.loss.TotalVariation;
import dev.phosphene.visualize.transform.Jitter;
import dev.phosphene.visualize.transform.Transform;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of several pictures, of which several are computed at a time. */
class SeveralAtATimeTest {
  private static final Recipe RECIPE =
      Recipe.NATURAL.with(
          changes ->
              changes
                  .iterations(12)
                  .weights(Recipe.Weights.RELATIVE) // measured by steps on trial
                  .loss(new TotalVariation(2), 0.1));

  @TempDir Path folder;
  private Model model;

  @BeforeEach
  void open() {
    model = SmoothNetwork.in(folder);
  }

  @Test
  void givesTheSamePicturesHoweverManyAreComputedAtATime() {
    List<Picture> oneByOne = run(1, 0, 1, 2, 3, 4).runAll();
    for (int threads : new int[] {2, 3, 5}) {
      List<Picture> made = run(threads, 0, 1, 2, 3, 4).runAll();
      assertThat(made).hasSameSizeAs(oneByOne);
      for (int i = 0; i < made.size(); i++) {
        assertSame(made.get(i), oneByOne.get(i));
      }
    }
  }

  @Test
  void givesTheSamePictureWhateverStandsBesideIt() {
    assertSame(run(2, 3).run(), run(2, 1, 4, 3, 0).runAll().get(2));
  }

  private static void assertSame(Picture picture, Picture other) {
    assertThat(picture.filters()).isEqualTo(other.filters());
    assertThat(picture.losses()).isEqualTo(other.losses());
    assertThat(picture.weights()).isEqualTo(other.weights());
    assertThat(picture.input().toFloats()).containsExactly(other.input().toFloats());
    assertThat(picture.image()).isEqualTo(other.image());
  }

  @Test
  void tellsCallbacksOnTheCallingThreadOfEachStepInTurn() {
    List<Integer> steps = new ArrayList<>();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    run(3, 0, 1, 2, 3)
        .onIteration(
            iteration -> {
              steps.add(iteration.number());
              threads.add(Thread.currentThread());
              assertThat(iteration.filters()).hasSize(4);
              assertThat(iteration.losses()).hasSize(4);
            })
        .runAll();
    assertThat(steps).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    assertThat(threads).containsExactly(Thread.currentThread());
  }

  @Test
  void keepsAllPicturesAsTheyStandWhenInterrupted() {
    List<Picture> made =
        run(2, 0, 1, 2)
            .onIteration(
                iteration -> {
                  if (iteration.number() == 4) {
                    Thread.currentThread().interrupt();
                  }
                })
            .runAll();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(made).hasSize(3);
    assertThat(made).allMatch(each -> each.outcome() == Picture.Outcome.INTERRUPTED);
    assertThat(made).allSatisfy(each -> assertThat(each.losses()).hasSize(4));
  }

  @Test
  void oneFailureEndsAllAndNoThreadStays() throws InterruptedException {
    AtomicInteger drawn = new AtomicInteger();
    ActivationMaximization run =
        run(4, 0, 1, 2, 3, 4)
            .recipe(RECIPE.with(changes -> changes.weights(Recipe.Weights.ABSOLUTE)))
            .modifier(failing(drawn, 30));
    assertThatThrownBy(run::runAll)
        .isInstanceOf(PhospheneException.class)
        .hasMessage("Draw 30 fails");
    assertThat(drawn.get()).isBetween(30, 33); // the other lanes' steps under way
    assertThatNoThreadStays();
  }

  /** A transform that fails when it draws for the nth time. */
  static Transform failing(AtomicInteger drawn, int nth) {
    return (graph, images, inputs) -> {
      inputs.declare(
          "unlucky",
          random -> {
            if (drawn.incrementAndGet() == nth) {
              throw new PhospheneException("Draw %d fails".formatted(nth));
            }
            return new float[1];
          },
          1);
      return images;
    };
  }

  /** Waits until no thread of a run is left. */
  static void assertThatNoThreadStays() throws InterruptedException {
    for (int wait = 0; wait < 100 && lanes() > 0; wait++) {
      Thread.sleep(20);
    }
    assertThat(lanes()).isZero();
  }

  private static long lanes() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("phosphene-lane"))
        .count();
  }

  @Test
  void callsModifiersOfOnesOwnForOnePictureAfterTheOther() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    run(4, 0, 1, 2).gradientModifier(gradient -> threads.add(Thread.currentThread())).runAll();
    assertThat(threads).containsExactly(Thread.currentThread());
  }

  @Test
  void notesTheTimeOfLayersOfAllPictures() {
    List<LayerTimes> times = new ArrayList<>();
    run(2, 0, 1, 2, 3).onProfile(times::add).runAll();
    assertThat(times).hasSize(1);
    assertThat(times.get(0).rows()).extracting(row -> row.layer().name()).contains("conv_a");
  }

  private ActivationMaximization run(int threads, int... filters) {
    return ActivationMaximization.of(model)
        .each(filters)
        .recipe(RECIPE)
        .modifier(new Jitter(2))
        .threads(threads);
  }
}
