package dev.phosphene.visualize.parameterization;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.Random;

/** A way to compute an image from the numbers that are optimized. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = PixelImage.class, name = "pixel"),
  @JsonSubTypes.Type(value = FourierImage.class, name = "fourier"),
})
public interface Parameterization {
  /** The numbers in which an image is measured. */
  enum Units {
    /** Those that the model takes: after preprocessing. */
    MODEL,
    /** Those of a picture, in [0, 1]: the preprocessing becomes part of the step. */
    DISPLAY
  }

  /** The units of the image that {@link #build} gives. */
  @JsonIgnore
  Units units();

  /**
   * Sizes of the parameters of one image.
   *
   * @throws dev.phosphene.graph.PhospheneException where images of this size cannot be had
   */
  long[] parameters(ImageSize size);

  /**
   * The parameters of one image before the first step.
   *
   * @param low smallest value of an image in these units
   * @param high largest value of an image in these units
   */
  float[] initial(Random random, ImageSize size, double low, double high);

  /**
   * The parameters of an image to start from: {@link #build} makes that image of them, as near as
   * may be.
   *
   * @param image {@code [C, ...]} in these units
   */
  float[] from(float[] image, ImageSize size);

  /**
   * Adds the image to a graph.
   *
   * @param parameters {@code [N, parameters...]}
   * @return {@code [N, C, ...]}
   */
  Value build(Emitter graph, Value parameters, ImageSize size);
}
