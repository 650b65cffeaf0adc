package dev.phosphene.visualize.transform;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * A random shift at each step, by a whole number of positions along each axis; what leaves the
 * image on one side comes back on the other. Pictures become crisper (Mordvintsev, Olah and Tyka
 * 2015, "Inceptionism").
 *
 * <p>As keras-vis' Jitter, but for one thing: there the image wanders with the shifts, here only
 * the network sees it shifted, so that optimizers remember each position's gradients where it is.
 *
 * @param amounts largest shift along each axis that is neither pictures nor channels, or one for
 *     all of them; at least 0; below 1 it is a share of the axis
 */
public record Jitter(List<Double> amounts) implements Transform {
  public Jitter {
    amounts = List.copyOf(amounts);
    if (amounts.isEmpty() || !amounts.stream().allMatch(a -> a >= 0 && a <= 1 << 24)) {
      throw new PhospheneException(
          "Jitter should be one number or one for each axis, 0 or more, found %s"
              .formatted(amounts.stream().map(String::valueOf).collect(Collectors.joining(", "))));
    }
  }

  /** Jitter of this amount along all axes, or of these along each. */
  public Jitter(double... amounts) {
    this(DoubleStream.of(amounts).boxed().toList());
  }

  @Override
  public Value build(Emitter graph, Value images, StepInputs inputs) {
    int axes = images.rank() - 2;
    if (amounts.size() != 1 && amounts.size() != axes) {
      throw new PhospheneException(
          "Jitter should have one number or %d for an input of size %s, found %d"
              .formatted(axes, images.shape(), amounts.size()));
    }
    int[] most = new int[axes];
    for (int axis = 0; axis < axes; axis++) {
      double amount = amounts.get(amounts.size() == 1 ? 0 : axis);
      most[axis] = (int) (amount < 1 ? amount * images.size(axis + 2) : amount);
    }
    if (Arrays.stream(most).allMatch(shift -> shift == 0)) {
      return images;
    }
    Value shifts =
        inputs.declare(
            "shifts",
            random -> {
              float[] drawn = new float[axes];
              for (int axis = 0; axis < axes; axis++) {
                drawn[axis] = random.nextInt(2 * most[axis] + 1) - most[axis];
              }
              return drawn;
            },
            axes);
    return shifted(graph, images, graph.cast(shifts, ElementType.INT64));
  }

  /** One gather over flattened positions, because gathering axis by axis costs as much for each. */
  private static Value shifted(Emitter graph, Value images, Value shifts) {
    long pictures = images.size(0);
    long channels = images.size(1);
    int axes = images.rank() - 2;
    Value places = null;
    for (int axis = 0; axis < axes; axis++) {
      long length = images.size(axis + 2);
      long[] along = new long[axes + 1];
      Arrays.fill(along, 1);
      along[axis + 1] = length;
      long[] picturewise = new long[axes + 1];
      Arrays.fill(picturewise, 1);
      picturewise[0] = pictures;
      Value shift = graph.reshape(graph.slice(shifts, 1, axis, axis + 1), picturewise);
      Value position = graph.constant(Tensor.of(upTo(length), along));
      Value size = graph.constant(Tensor.scalar(length));
      // The value at a place comes from the place before the shift; Mod gives it the size's sign.
      Value source = graph.apply("Mod", graph.subtract(position, shift), size);
      places = places == null ? source : graph.add(graph.multiply(places, size), source);
    }
    long positions = images.shape().elements() / pictures / channels;
    Value indices =
        graph.expand(graph.reshape(places, pictures, 1, positions), pictures, channels, positions);
    Value flat = graph.reshape(images, pictures, channels, positions);
    Value gathered = graph.apply("GatherElements", Attributes.of("axis", 2), flat, indices);
    return graph.reshape(gathered, images.shape().sizes());
  }

  private static long[] upTo(long length) {
    long[] numbers = new long[(int) length];
    Arrays.setAll(numbers, i -> i);
    return numbers;
  }
}
