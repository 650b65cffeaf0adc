package dev.phosphene.examples;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;

import dev.phosphene.image.ContactSheet;
import dev.phosphene.image.Image;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.InputModifier;
import dev.phosphene.visualize.Iteration;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.optimizer.Adam;
import dev.phosphene.visualize.optimizer.GradientModifier;
import dev.phosphene.visualize.transform.Jitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** What makes a network that counts apples count more of them, and what fewer? */
public final class AppleCounter {
  private static final int FRAMES = 5;

  /** Steps between two frames. */
  private static final int STEPS = 25;

  private AppleCounter() {}

  /** A picture on the way, and how many apples the network counts in it. */
  record Frame(Image picture, double apples) {}

  /** Keeps the input a picture: what left [0, 1] after a step comes back. */
  private static final InputModifier CLIPPED =
      new InputModifier() {
        @Override
        public Tensor post(Tensor input, Random random) {
          float[] values = input.toFloats().clone();
          for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(0, Math.min(1, values[i]));
          }
          return Tensor.of(values, input.sizes());
        }
      };

  /** Writes {@code apple-counter.png}. */
  public static void main(String[] arguments) {
    List<Frame> frames = new ArrayList<>(frames("fruit-bowl.png", GradientModifier.NONE));
    frames.addAll(frames("apples-3.png", GradientModifier.NEGATE));
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
   * From a picture of some apples to one of more; with a negated gradient, of fewer.
   *
   * @return pictures before, during and after the optimization
   */
  static List<Frame> frames(String name, GradientModifier modifier) {
    Model network = Networks.open("apple-counter");
    Image seed = Networks.picture(name);
    // With so large an epsilon, Adam takes steps in proportion to the gradient: pixels that do not
    // matter stay as they are.
    Recipe recipe =
        Pixels.ofUnitRange((FRAMES - 1) * STEPS + 1)
            .with(changes -> changes.optimizer(new Adam(0.3, 0.9, 0.999, 1, 0)));
    Recorder recorder = new Recorder(seed);
    ActivationMaximization.of(network)
        .layer("count")
        .recipe(recipe)
        .losses(weighted(new ActivationLoss(), 1))
        .gradientModifier(modifier)
        .modifier(new Jitter(3))
        .modifier(CLIPPED)
        .seedInput(seed)
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
