package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.PictureRecord;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The model that a picture was made from: found again, and known by its hash. */
final class RecordedModel {
  private RecordedModel() {}

  /**
   * Opens the model of a record, and changes in it what was changed then.
   *
   * @param picture that carries the record: the model may lie beside it
   * @param given where the user says that the model is
   * @param values of inputs that were held, as far as the record does not hold them
   * @throws PhospheneException where it is not found, or what is found is another
   */
  static Model open(
      PictureRecord.ModelFile recorded,
      Path picture,
      @Nullable String given,
      Map<String, Tensor> values) {
    String name = given != null ? given : recorded.file();
    Model model;
    if (ModelSource.isFile(name)) {
      Path file =
          RecordedFile.find(
              "model",
              recorded.file(),
              picture,
              given == null ? null : ModelSource.file(given),
              "--model");
      name = file.toString();
      model = Model.open(file, recorded.file()); // records of what is made again are to be the same
    } else {
      model = ModelSource.open(name);
    }
    if (!model.sha256().equals(recorded.sha256())) {
      throw new PhospheneException(
          "%s was made from another model: its SHA-256 is %s, that of %s is %s; name the model with --model"
              .formatted(picture, recorded.sha256(), name, model.sha256()));
    }
    return recorded.applyTo(model, values);
  }
}
