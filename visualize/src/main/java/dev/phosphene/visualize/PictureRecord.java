package dev.phosphene.visualize;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Activation;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.parameterization.ImageSize;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that a picture was made from: written into it as JSON, so that it can be made again.
 * The property {@code kind} tells the kinds apart.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RunRecord.class, name = "activation"),
  @JsonSubTypes.Type(value = AttributionRecord.class, name = "attribution"),
})
public sealed interface PictureRecord permits RunRecord, AttributionRecord {
  /** Version of this tool. */
  String phosphene();

  /** The model that was looked at. */
  ModelFile model();

  /** What the network was taken to expect. */
  Input input();

  /** Size of the input, channels first. */
  ImageSize size();

  /** Processor threads that computed; sums of floats depend on it. */
  int threads();

  /**
   * What the network was taken to expect.
   *
   * @param opened the model of this record
   * @throws PhospheneException where it has another input
   */
  default InputContract contract(Model opened) {
    InputContract contract = input().applyTo(opened.inputContract());
    long[] spatial = size().spatial().stream().mapToLong(Integer::longValue).toArray();
    return spatial.length == 0 ? contract : contract.withSize(spatial, InputContract.Source.OPTION);
  }

  /**
   * This record as JSON on one line.
   *
   * @throws PhospheneException where it has parts of the user's own
   */
  default String toJson() {
    try {
      return RecordJson.MAPPER.writerFor(PictureRecord.class).writeValueAsString(this);
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
  static PictureRecord fromJson(String json) {
    try {
      return RecordJson.MAPPER.readValue(json, PictureRecord.class);
    } catch (InvalidTypeIdException e) {
      throw new PhospheneException(
          "Not a recipe that this version of Phosphene knows: its kind should be activation or attribution",
          e);
    } catch (JsonProcessingException e) {
      Throwable reason = e.getCause() instanceof PhospheneException ? e.getCause() : e;
      throw new PhospheneException(
          "Not a recipe of Phosphene: " + reason.getMessage().lines().findFirst().orElse(""), e);
    }
  }

  /**
   * Which model.
   *
   * @param file as the user named it
   * @param sha256 of its bytes, in hexadecimal digits
   * @param activations that were exchanged: their names by name of the layer, in this order
   * @param inputs what was given of inputs besides the one that is looked at, and shapes, by name
   */
  record ModelFile(
      String file,
      String sha256,
      Map<String, String> activations,
      @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, RecordedInput> inputs) {
    public ModelFile {
      inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
      activations = Collections.unmodifiableMap(new LinkedHashMap<>(activations));
    }

    /** What a record says of a model. */
    public static ModelFile of(Model model) {
      Map<String, String> names = new LinkedHashMap<>();
      model.activations().forEach((layer, activation) -> names.put(layer, activation.toString()));
      return new ModelFile(model.name(), model.sha256(), names, RecordedInput.of(model));
    }

    /**
     * The model of the file, with the activations and inputs of this record.
     *
     * @param values of inputs by name, as far as the record does not hold them
     * @throws PhospheneException where a layer, an activation or an input has another name, or a
     *     value is missing or another
     */
    public Model applyTo(Model opened, Map<String, Tensor> values) {
      Model model = opened;
      for (Map.Entry<String, String> each : activations.entrySet()) {
        model = model.withActivation(each.getKey(), Activation.named(each.getValue()));
      }
      for (Map.Entry<String, RecordedInput> each : inputs.entrySet()) {
        model = each.getValue().applyTo(model, each.getKey(), values.get(each.getKey()));
      }
      return model;
    }
  }

  /**
   * What the network was taken to expect; see {@link InputContract}.
   *
   * @param name of the model's input
   */
  record Input(
      String name,
      InputContract.Layout layout,
      InputContract.Channels channels,
      double low,
      double high,
      List<Float> mean,
      List<Float> deviation) {

    /** What a record says of a contract. */
    public static Input of(InputContract contract) {
      return new Input(
          contract.input(),
          contract.layout(),
          contract.channels(),
          contract.low(),
          contract.high(),
          toList(contract.mean()),
          toList(contract.deviation()));
    }

    private InputContract applyTo(InputContract contract) {
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
}
