package dev.phosphene.graph.rewrite.blocked;

/**
 * The elements of a convolution's kernel {@code [outputs, inputs, height, width]}, wherever they
 * come from.
 */
interface Kernel {
  int outputs();

  /** Input channels of one group. */
  int inputs();

  int height();

  int width();

  float at(int output, int input, int y, int x);

  /**
   * The kernel that a transposed convolution's weight {@code [inputs, outputs of a group, height,
   * width]} is, its taps as they are.
   */
  record Exchanged(WeightView weight, int groups) implements Kernel {
    @Override
    public int outputs() {
      return weight.sizes()[1] * groups;
    }

    @Override
    public int inputs() {
      return weight.sizes()[0] / groups;
    }

    @Override
    public int height() {
      return weight.height();
    }

    @Override
    public int width() {
      return weight.width();
    }

    @Override
    public float at(int output, int input, int y, int x) {
      int ofGroup = weight.sizes()[1];
      int group = output / ofGroup;
      return weight.at(group * inputs() + input, output % ofGroup, y, x);
    }
  }

  /** Some groups of a kernel as one: zeros between channels of different ones. */
  record BlockDiagonal(Kernel kernel, int outputsOfGroup, int merged) implements Kernel {
    @Override
    public int outputs() {
      return kernel.outputs();
    }

    @Override
    public int inputs() {
      return kernel.inputs() * merged;
    }

    @Override
    public int height() {
      return kernel.height();
    }

    @Override
    public int width() {
      return kernel.width();
    }

    @Override
    public float at(int output, int input, int y, int x) {
      int group = output / outputsOfGroup % merged;
      return input / kernel.inputs() == group
          ? kernel.at(output, input % kernel.inputs(), y, x)
          : 0;
    }
  }

  /** The same taps along an axis, 0 for height or 1 for width, for each channel alone. */
  record Depthwise(int outputs, int axis, double[] taps) implements Kernel {
    @Override
    public int inputs() {
      return 1;
    }

    @Override
    public int height() {
      return axis == 0 ? taps.length : 1;
    }

    @Override
    public int width() {
      return axis == 1 ? taps.length : 1;
    }

    @Override
    public float at(int output, int input, int y, int x) {
      return (float) taps[axis == 0 ? y : x];
    }
  }
}
