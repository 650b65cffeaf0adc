package dev.phosphene.visualize.parameterization;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.visualize.transform.StepInputs;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A way to compute an image from the numbers that are optimized. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = PixelImage.class, name = "pixel"),
  @JsonSubTypes.Type(value = FourierImage.class, name = "fourier"),
  @JsonSubTypes.Type(value = MacoImage.class, name = "maco"),
  @JsonSubTypes.Type(value = PyramidImage.class, name = "pyramid"),
  @JsonSubTypes.Type(value = CppnImage.class, name = "cppn"),
  @JsonSubTypes.Type(value = AlignedImage.class, name = "aligned"),
  @JsonSubTypes.Type(value = AlphaImage.class, name = "alpha"),
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
   * Whether the gradient at the image is summed over the steps, to show which parts of the image
   * mattered: see {@code Picture.importance}.
   */
  @JsonIgnore
  default boolean isImportanceKept() {
    return false;
  }

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

  /**
   * Adds the image as the network sees it, where a part of it changes from step to step.
   *
   * @param inputs what is drawn anew at each step
   * @return {@code [N, C, ...]}
   */
  default Value seen(Emitter graph, Value parameters, ImageSize size, StepInputs inputs) {
    return build(graph, parameters, size);
  }

  /**
   * Adds the factor {@code [N]} by which the loss is multiplied before it is differentiated, where
   * an image is worth more or less by itself.
   */
  default Optional<Value> lossFactor(Emitter graph, Value parameters, ImageSize size) {
    return Optional.empty();
  }

  /** Whether pictures of a run share a part, so that all must be made in one batch. */
  @JsonIgnore
  default boolean isShared() {
    return false;
  }

  /**
   * Makes what pictures share equal: called before the first step and after each.
   *
   * @param parameters of each picture of the batch, changed in place
   */
  default void share(List<float[]> parameters, ImageSize size) {}
}
