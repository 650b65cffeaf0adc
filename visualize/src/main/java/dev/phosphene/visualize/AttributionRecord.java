package dev.phosphene.visualize;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.Overlay;
import dev.phosphene.visualize.optimizer.GradientModifier;
import dev.phosphene.visualize.parameterization.ImageSize;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything that the picture of an attribution was made from.
 *
 * @param phosphene version of this tool
 * @param method that made the map
 * @param model file and SHA-256 of the model, and what was changed in it
 * @param input what the network was taken to expect
 * @param size of the input
 * @param layer name of the layer
 * @param softmax whether a softmax at its end was kept
 * @param filters that were explained, together
 * @param backprop how gradients flowed back
 * @param gradientModifier what happened to the gradient
 * @param penultimate name of the layer whose feature maps were weighted; empty for saliency
 * @param explained the file whose content was explained
 * @param mapOnly whether the picture shows the map without the input
 * @param overlay colours of the map, and how it lies over the input
 * @param threads that computed; sums of floats depend on it
 */
public record AttributionRecord(
    String phosphene,
    Method method,
    ModelFile model,
    Input input,
    ImageSize size,
    String layer,
    boolean softmax,
    List<Integer> filters,
    @JsonSerialize(converter = BackpropName.Written.class)
        @JsonDeserialize(converter = BackpropName.Read.class)
        BackpropModifier backprop,
    GradientModifier gradientModifier,
    String penultimate,
    InputFile explained,
    boolean mapOnly,
    Overlay overlay,
    int threads)
    implements PictureRecord {

  /** How a map comes about. */
  public enum Method {
    @JsonProperty("saliency")
    SALIENCY,
    @JsonProperty("cam")
    CAM
  }

  /**
   * Which input.
   *
   * @param file as the user named it
   * @param sha256 of its bytes, in hexadecimal digits
   */
  public record InputFile(String file, String sha256) {
    /**
     * What a record says of an input file.
     *
     * @throws PhospheneException where it cannot be read
     */
    public static InputFile of(Path file) {
      return new InputFile(file.toString(), Fingerprint.of(file));
    }
  }

  public AttributionRecord {
    filters = List.copyOf(filters);
  }
}
