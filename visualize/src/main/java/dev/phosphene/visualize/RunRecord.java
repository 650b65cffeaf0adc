package dev.phosphene.visualize;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.InputContract;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.parameterization.ImageSize;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Everything that a picture was made from: written into it, so that it can be made again.
 *
 * @param phosphene version of this tool
 * @param model file and SHA-256 of the model
 * @param input what the network was taken to expect
 * @param size of the images
 * @param layer name of the layer
 * @param softmax whether a softmax at its end was kept
 * @param pictures filters of each picture
 * @param seed of all random numbers
 * @param start {@link #NOISE}, or the SHA-256 of the input that pictures started from (see {@link
 *     #startOf})
 * @param threads that computed; sums of floats depend on it
 * @param recipe how the pictures were made, with the number of steps actually taken
 */
public record RunRecord(
    String phosphene,
    ModelFile model,
    Input input,
    ImageSize size,
    String layer,
    boolean softmax,
    List<List<Integer>> pictures,
    long seed,
    String start,
    int threads,
    Recipe recipe) {

  /** The start of pictures that start from random numbers. */
  public static final String NOISE = "noise";

  /**
   * Which model.
   *
   * @param file as the user named it
   * @param sha256 of its bytes, in hexadecimal digits
   */
  public record ModelFile(String file, String sha256) {}

  /**
   * What the network was taken to expect; see {@link InputContract}.
   *
   * @param name of the model's input
   */
  public record Input(
      String name,
      InputContract.Layout layout,
      InputContract.Channels channels,
      double low,
      double high,
      List<Float> mean,
      List<Float> deviation) {

    static Input of(InputContract contract) {
      return new Input(
          contract.input(),
          contract.layout(),
          contract.channels(),
          contract.low(),
          contract.high(),
          toList(contract.mean()),
          toList(contract.deviation()));
    }

    /** A model's contract with everything replaced that this record says. */
    public InputContract applyTo(InputContract contract) {
      InputContract.Source source = InputContract.Source.OPTION;
      return contract
          .withLayout(layout, source)
          .withChannels(channels, source)
          .withRange(low, high, source)
          .withMean(toArray(mean), source)
          .withDeviation(toArray(deviation), source);
    }

    private static List<Float> toList(float[] values) {
      List<Float> list = new ArrayList<>();
      for (float value : values) {
        list.add(value);
      }
      return list;
    }

    private static float[] toArray(List<Float> values) {
      float[] array = new float[values.size()];
      for (int i = 0; i < array.length; i++) {
        array[i] = values.get(i);
      }
      return array;
    }
  }

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  public RunRecord {
    pictures = pictures.stream().map(List::copyOf).toList();
  }

  /**
   * What a record says of an input that pictures start from.
   *
   * @return SHA-256 of its elements as little-endian float32 in C order, in hexadecimal digits
   */
  public static String startOf(Tensor input) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(input.as(ElementType.FLOAT32).bytes());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** Whether a recipe has no parts of the user's own, which have no names. */
  static boolean canHold(Recipe recipe) {
    try {
      JSON.writeValueAsString(recipe);
      return true;
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /**
   * This record as JSON on one line.
   *
   * @throws PhospheneException where the recipe has parts of the user's own
   */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new PhospheneException(
          "This run cannot be recorded: a loss or transform of your own has no name in recipes", e);
    }
  }

  /**
   * Reads a record.
   *
   * @throws PhospheneException where the text is not a record
   */
  public static RunRecord fromJson(String json) {
    try {
      return JSON.readValue(json, RunRecord.class);
    } catch (JsonProcessingException e) {
      Throwable reason = e.getCause() instanceof PhospheneException ? e.getCause() : e;
      throw new PhospheneException(
          "Not a recipe of Phosphene: " + reason.getMessage().lines().findFirst().orElse(""), e);
    }
  }
}
