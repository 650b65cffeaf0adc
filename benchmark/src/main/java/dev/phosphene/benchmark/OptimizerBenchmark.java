package dev.phosphene.benchmark;

import dev.phosphene.tensor.Shape;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.optimizer.Optimizer;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * An update of the parameters of one picture of 224 x 224 pixels by the optimizer of a recipe: Adam
 * of {@code natural}, RMSProp of {@code keras-vis}.
 */
@State(Scope.Benchmark)
public class OptimizerBenchmark extends PartBenchmark {
  /** The recipe's name. */
  @Param({"natural", "keras-vis"})
  public String recipe;

  private Optimizer.Descent descent;
  private float[] parameters;
  private float[] gradient;

  /** Starts a descent along random gradients. */
  @Setup(Level.Trial)
  public void start() {
    Recipe chosen = Recipe.preset(recipe);
    int count = Math.toIntExact(Shape.elements(chosen.parameterization().parameters(SIZE)));
    Random random = new Random(0);
    parameters = new float[count];
    gradient = new float[count];
    for (int i = 0; i < count; i++) {
      gradient[i] = (float) random.nextGaussian();
    }
    descent = chosen.optimizer().start(count, chosen.iterations());
  }

  /** One update. */
  @Benchmark
  public float[] update() {
    descent.step(parameters, gradient, 1);
    return parameters;
  }
}
