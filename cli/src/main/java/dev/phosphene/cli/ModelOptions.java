package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Model;
import picocli.CommandLine.Parameters;

/** Which model a command looks at. */
final class ModelOptions {
  @Parameters(
      paramLabel = "MODEL",
      description = "An ONNX file, or \"demo\" for the embedded network.")
  private String model = "";

  /**
   * Opens the model.
   *
   * @throws PhospheneException where it cannot be read
   */
  Model open() {
    return ModelSource.open(model);
  }

  String name() {
    return model;
  }
}
