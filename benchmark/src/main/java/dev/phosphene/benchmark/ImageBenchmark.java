package dev.phosphene.benchmark;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.Simplification;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.session.Step;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.transform.StepInputs;
import dev.phosphene.visualize.transform.Transform;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What of a step of 224 x 224 pixels is not the network: from parameters to the image that the
 * network sees and from the gradient there back to parameters, and what is drawn for it.
 */
@State(Scope.Benchmark)
public class ImageBenchmark extends PartBenchmark {
  /** The recipe's name. */
  @Param({"natural", "maco"})
  public String recipe;

  private final Map<String, StepInputs.Sampler> samplers = new LinkedHashMap<>();
  private final Random random = new Random(0);
  private Session session;
  private Step step;

  /** Compiles the graph. */
  @Setup(Level.Trial)
  public void compile() {
    session = Session.compile(graph(Recipe.preset(recipe)), SessionSettings.DEFAULT);
    step = session.step();
    floats("parameters").put(parameters(Recipe.preset(recipe)));
    floats("gradient").put(new float[SIZE.elements()]);
    samplers.forEach((name, sampler) -> floats(name).put(sampler.draw(random)));
  }

  private FloatBuffer floats(String input) {
    return step.input(input).asFloatBuffer();
  }

  private float[] parameters(Recipe chosen) {
    return chosen.parameterization().initial(random, SIZE, 0, 1);
  }

  private Graph graph(Recipe chosen) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value parameters = input(builder, "parameters", chosen.parameterization().parameters(SIZE));
    StepInputs inputs =
        (name, sampler, sizes) -> {
          Value input = input(builder, builder.freshName(name), sizes);
          samplers.put(input.name(), sampler);
          return input;
        };
    Value image = chosen.parameterization().seen(builder, parameters, SIZE, inputs);
    for (Transform transform : chosen.transforms()) {
      image = transform.build(builder, image, inputs);
    }
    Value gradientAtImage = input(builder, "gradient", SIZE.sizes());
    Value gradient =
        Differentiation.vectorJacobianProducts(
                builder, image, gradientAtImage, List.of(parameters), StandardRules.rules())
            .get(0);
    return Simplification.GRADIENTS.apply(
        builder.build(List.of(image.name(), gradient.name())),
        List.of(),
        StandardOperators.table());
  }

  private static Value input(GraphBuilder builder, String name, long... sizes) {
    long[] ofOnePicture = LongStream.concat(LongStream.of(1), LongStream.of(sizes)).toArray();
    return builder.input(name, ElementType.FLOAT32, Shape.of(ofOnePicture));
  }

  /** The graph, forward and backward. */
  @Benchmark
  public void forwardAndBackward() {
    step.run();
  }

  /** All random numbers of a step. */
  @Benchmark
  public void draw() {
    samplers.forEach((name, sampler) -> floats(name).put(sampler.draw(random)));
  }

  /** Frees the session. */
  @TearDown(Level.Trial)
  public void close() {
    step.close();
    session.close();
  }
}
