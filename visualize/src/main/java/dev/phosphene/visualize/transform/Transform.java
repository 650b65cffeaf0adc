package dev.phosphene.visualize.transform;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;

/**
 * A random change of the images of a batch, part of the step's graph and differentiated with it.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RandomAffine.class, name = "affine"),
  @JsonSubTypes.Type(value = Jitter.class, name = "jitter"),
  @JsonSubTypes.Type(value = Pad.class, name = "pad"),
  @JsonSubTypes.Type(value = Scale.class, name = "scale"),
  @JsonSubTypes.Type(value = Rotate.class, name = "rotate"),
  @JsonSubTypes.Type(value = Crop.class, name = "crop"),
  @JsonSubTypes.Type(value = Flip.class, name = "flip"),
  @JsonSubTypes.Type(value = Blur.class, name = "blur"),
  @JsonSubTypes.Type(value = Noise.class, name = "noise"),
  @JsonSubTypes.Type(value = ColourJitter.class, name = "colour"),
})
public interface Transform {
  /**
   * Adds the transform to a graph.
   *
   * @param images {@code [N, C, ...]}
   * @return as many images of as many channels; where their axes are longer than the network takes,
   *     the middle is cut out after the last transform
   */
  Value build(Emitter graph, Value images, StepInputs inputs);
}
