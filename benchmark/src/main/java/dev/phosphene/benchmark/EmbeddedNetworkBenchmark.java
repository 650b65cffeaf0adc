package dev.phosphene.benchmark;

import dev.phosphene.demo.EmbeddedNetwork;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Gradient;
import dev.phosphene.visualize.Picture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The embedded network: a step of it, and a whole picture. */
@State(Scope.Benchmark)
public class EmbeddedNetworkBenchmark extends PartBenchmark {
  private final TemporaryFolder folder = new TemporaryFolder();
  private Model model;
  private Gradient.Compiled gradient;
  private Tensor input;

  /** Compiles the gradient of the first class. */
  @Setup(Level.Trial)
  public void compile() {
    model = network(folder);
    Shape shape = ActivationMaximization.of(model).inputShape();
    input = Tensor.of(new float[Math.toIntExact(Shape.elements(shape.sizes()))], shape.sizes());
    gradient = Gradient.of(model).filters(0).compile(shape);
  }

  static Model network(TemporaryFolder folder) {
    return Model.open(EmbeddedNetwork.extractModel(folder.path()), "demo");
  }

  /** Forward and gradient at the input. */
  @Benchmark
  public Gradient.Result step() {
    return gradient.at(input);
  }

  /** A picture of 128 steps by {@code natural}, compilation included. */
  @Benchmark
  @Warmup(iterations = 1)
  @Measurement(iterations = 5)
  public Picture picture() {
    return ActivationMaximization.of(model).filters(0).run();
  }

  /** Frees the session, and deletes the network's file. */
  @TearDown(Level.Trial)
  public void close() {
    gradient.close();
    folder.close();
  }
}
