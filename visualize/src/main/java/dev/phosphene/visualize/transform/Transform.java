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
})
public interface Transform {
  /**
   * Adds the transform to a graph.
   *
   * @param images {@code [N, C, ...]}
   * @return images of the same shape
   */
  Value build(Emitter graph, Value images, StepInputs inputs);
}
