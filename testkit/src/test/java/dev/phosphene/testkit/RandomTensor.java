package dev.phosphene.testkit;

import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Random;

/** Tensors of random numbers, for tests that compare two ways to compute the same. */
final class RandomTensor {
  private RandomTensor() {}

  /** Float32 numbers of a normal distribution around 0. */
  static Tensor normal(Random random, double deviation, long... sizes) {
    float[] elements = new float[Math.toIntExact(Shape.elements(sizes))];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) (deviation * random.nextGaussian());
    }
    return Tensor.of(elements, sizes);
  }
}
