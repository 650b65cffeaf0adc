package dev.phosphene.visualize.transform;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Evaluation;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/** What a transform makes of images, and of gradients. */
final class Transformed {
  private Transformed() {}

  /** The images after one draw; of several, each is drawn for from the same random numbers. */
  static Tensor images(Transform transform, Tensor images, long seed) {
    return Evaluation.of((graph, given) -> build(transform, graph, given, seed), images);
  }

  /** The gradient at the images of the sum of their transforms times some slopes. */
  static Tensor gradient(Transform transform, Tensor images, Tensor slope, long seed) {
    return Evaluation.of(
        (graph, given) -> {
          Value product =
              graph.multiply(build(transform, graph, given, seed), graph.constant(slope));
          Value total = graph.reduceSum(product, false, graph.axesFrom(product, 0));
          return Differentiation.gradients(graph, total, List.of(given), StandardRules.rules())
              .get(0);
        },
        images);
  }

  private static Value build(Transform transform, Emitter graph, Value images, long seed) {
    Random random = new Random(seed);
    return transform.build(
        graph,
        images,
        (name, sampler, sizes) -> {
          float[] drawn = sampler.draw(random);
          int pictures = (int) images.size(0);
          float[] each = new float[pictures * drawn.length];
          for (int picture = 0; picture < pictures; picture++) {
            System.arraycopy(drawn, 0, each, picture * drawn.length, drawn.length);
          }
          long[] all = LongStream.concat(LongStream.of(pictures), Arrays.stream(sizes)).toArray();
          return graph.constant(Tensor.of(each, all));
        });
  }
}
