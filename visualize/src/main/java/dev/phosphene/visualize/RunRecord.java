package dev.phosphene.visualize;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.diagnosis.Diagnosis;
import dev.phosphene.visualize.measure.PictureNumbers;
import dev.phosphene.visualize.parameterization.ImageSize;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that pictures of activation maximization were made from.
 *
 * @param phosphene version of this tool
 * @param model file and SHA-256 of the model, and what was changed in it
 * @param input what the network was taken to expect
 * @param size of the images
 * @param layer name of the layer
 * @param softmax whether a softmax at its end was kept
 * @param pictures filters of each picture
 * @param labels what the sheet calls the filters, by index; none where it has their numbers
 * @param seed of all random numbers
 * @param start {@link #NOISE}, or the SHA-256 of the input that pictures started from (see {@link
 *     #startOf})
 * @param threads that computed; sums of floats depend on it
 * @param recipe how the pictures were made, with the number of steps actually taken
 * @param diagnoses why a picture shows little or nothing, by its index; none where nothing is wrong
 * @param numbers of each picture, by its index; none where they were not measured. Nothing is made
 *     from them
 */
public record RunRecord(
    String phosphene,
    ModelFile model,
    Input input,
    ImageSize size,
    String layer,
    boolean softmax,
    List<List<Integer>> pictures,
    Map<Integer, String> labels,
    long seed,
    String start,
    int threads,
    Recipe recipe,
    @JsonSetter(nulls = Nulls.AS_EMPTY) Map<Integer, Diagnosis> diagnoses,
    @JsonSetter(nulls = Nulls.AS_EMPTY) Map<Integer, PictureNumbers> numbers)
    implements PictureRecord {

  /** The start of pictures that start from random numbers. */
  public static final String NOISE = "noise";

  public RunRecord {
    pictures = pictures.stream().map(List::copyOf).toList();
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    diagnoses = Collections.unmodifiableMap(new TreeMap<>(diagnoses));
    numbers = Collections.unmodifiableMap(new TreeMap<>(numbers));
  }

  /**
   * This record with numbers of its pictures, as {@link Measurement} computes them.
   *
   * @param ofPictures of each picture, in their order
   */
  public RunRecord withNumbers(List<PictureNumbers> ofPictures) {
    Map<Integer, PictureNumbers> byIndex = new TreeMap<>();
    for (int i = 0; i < ofPictures.size(); i++) {
      byIndex.put(i, ofPictures.get(i));
    }
    return new RunRecord(
        phosphene, model, input, size, layer, softmax, pictures, labels, seed, start, threads,
        recipe, diagnoses, byIndex);
  }

  /**
   * What a record says of an input that pictures start from.
   *
   * @return SHA-256 of its elements as little-endian float32 in C order, in hexadecimal digits
   */
  public static String startOf(Tensor input) {
    return Fingerprint.of(input);
  }

  /**
   * Labels for all filters of the layer, so that sheets look as they did.
   *
   * @param filters how many the layer has
   * @return empty where the sheet has no labels
   */
  public List<String> allLabels(int filters) {
    List<String> all = new ArrayList<>();
    for (int filter = 0; filter < filters && !labels.isEmpty(); filter++) {
      all.add(labels.getOrDefault(filter, String.valueOf(filter)));
    }
    return all;
  }

  /**
   * Whether a recipe has no parts of the user's own, which have no names: whether it can be read
   * again. Being written is not enough, as a lambda is written as an object without properties.
   */
  static boolean canHold(Recipe recipe) {
    try {
      String json = RecordJson.MAPPER.writeValueAsString(recipe);
      return RecordJson.MAPPER.readValue(json, Recipe.class).equals(recipe);
    } catch (JsonProcessingException e) {
      return false;
    }
  }
}
