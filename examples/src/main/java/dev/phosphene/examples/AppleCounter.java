package dev.phosphene.examples;

import dev.phosphene.image.ContactSheet;
import dev.phosphene.image.Image;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Iteration;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.optimizer.Adam;
import dev.phosphene.visualize.optimizer.GradientModifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What makes a network that counts apples count more of them, and what fewer? */
public final class AppleCounter {
  private static final int FRAMES = 5;

  /** Steps between two frames. */
  private static final int STEPS = 6;

  private AppleCounter() {}

  /** A picture on the way, and how many apples the network counts in it. */
  record Frame(Image picture, double apples) {}

  /** Writes {@code apple-counter.png}. */
  public static void main(String[] arguments) {
    List<Frame> frames = new ArrayList<>(frames(GradientModifier.NONE));
    frames.addAll(frames(GradientModifier.NEGATE));
    Output.of(arguments)
        .picture(
            "apple-counter.png",
            ContactSheet.of(
                    frames.stream().map(Frame::picture).toList(),
                    frames.stream().map(AppleCounter::label).toList())
                .withColumns(FRAMES)
                .render());
  }

  private static String label(Frame frame) {
    return String.format(Locale.ROOT, "%.1f apples", frame.apples());
  }

  /**
   * From a picture of three apples to one of more; with a negated gradient, of fewer.
   *
   * @return pictures before, during and after the optimization
   */
  static List<Frame> frames(GradientModifier modifier) {
    Model network = Networks.open("apple-counter");
    Image seed = Networks.picture("apples-3.png");
    // The frequencies of a picture, as in the recipe natural, but always seen as it is.
    Recipe recipe =
        Recipe.NATURAL.with(
            changes -> changes.transforms(List.of()).optimizer(Adam.withRate(0.05)));
    Recorder recorder = new Recorder(seed);
    ActivationMaximization.of(network)
        .layer("count")
        .recipe(recipe)
        .gradientModifier(modifier)
        .seedInput(seed)
        .iterations((FRAMES - 1) * STEPS + 1)
        .onIteration(recorder)
        .run();
    return recorder.frames;
  }

  /** Keeps some pictures on the way. */
  private static final class Recorder implements Iteration.Listener {
    private final List<Frame> frames = new ArrayList<>();
    private Image before;

    Recorder(Image seed) {
      this.before = seed;
    }

    @Override
    public void onIteration(Iteration iteration) {
      if (iteration.number() % STEPS == 1) {
        // Losses are those of the picture before the step; this one is minus the count.
        frames.add(new Frame(before, -iteration.losses().get(0).overall()));
      }
      before = iteration.state().pictures().get(0);
    }
  }
}
