package dev.phosphene.model.onnx;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.file.MappedFile;
import dev.phosphene.model.file.ReadFailure;
import dev.phosphene.model.onnx.proto.ModelProto;
import dev.phosphene.model.onnx.proto.OperatorSetIdProto;
import dev.phosphene.model.onnx.proto.StringStringEntryProto;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads ONNX files.
 *
 * <p>The file and its external data are mapped, and weights stay in the mapping. Whatever version
 * of the operators a file was written for, the graph has the forms of the intermediate
 * representation; local functions are inlined; values keep their names. Operators that are not
 * known, or whose inputs contradict their definition, do not hinder reading: the values that they
 * give have unknown shapes.
 */
public final class OnnxReader {
  /** The oldest file format: before it, operators had no versions. */
  private static final long OLDEST_IR_VERSION = 3;

  /** The oldest operators: before them, broadcasting was declared by attributes. */
  private static final long OLDEST_OPERATOR_SET = 7;

  private OnnxReader() {}

  /**
   * Reads a model.
   *
   * @throws PhospheneException where there is no such file, it is no ONNX file, is damaged or too
   *     old, or external data is missing or outside the model's folder; the message is one line
   */
  public static OnnxModel read(Path path) {
    try {
      MappedFile.require(path);
      ExternalData external = new ExternalData(path);
      return decode(ModelParser.parse(MappedFile.open(path)), external);
    } catch (PhospheneException e) {
      throw ReadFailure.of(path, String.valueOf(e.getMessage()), e);
    } catch (OutOfMemoryError | StackOverflowError e) {
      throw ReadFailure.of(
          path, "it is too large or too deeply nested for the memory of this process", e);
    }
  }

  private static OnnxModel decode(ModelParser parsed, ExternalData external) {
    ModelProto model = parsed.model();
    if (model.getIrVersion() < OLDEST_IR_VERSION) {
      throw new PhospheneException(
          "it has version %d of the ONNX file format, expected %d or later; export the model again"
              .formatted(model.getIrVersion(), OLDEST_IR_VERSION));
    }
    Map<String, Long> operatorSets = operatorSets(model);
    Graph graph =
        new GraphDecoder(model.getFunctionsList(), operatorSets, external)
            .decode(parsed.graph(), parsed.initializers());
    Map<String, String> metadata = new LinkedHashMap<>();
    for (StringStringEntryProto entry : model.getMetadataPropsList()) {
      metadata.put(entry.getKey(), entry.getValue());
    }
    String producer = (model.getProducerName() + " " + model.getProducerVersion()).strip();
    return new OnnxModel(graph, metadata, producer, model.getIrVersion(), operatorSets);
  }

  private static Map<String, Long> operatorSets(ModelProto model) {
    Map<String, Long> versions = new LinkedHashMap<>();
    for (OperatorSetIdProto set : model.getOpsetImportList()) {
      String domain = set.getDomain().equals("ai.onnx") ? "" : set.getDomain();
      versions.put(domain, set.getVersion());
    }
    Long standard = versions.get("");
    if (standard != null && standard < OLDEST_OPERATOR_SET) {
      throw new PhospheneException(
          "it uses version %d of the ONNX operators, expected %d or later; export the model again"
              .formatted(standard, OLDEST_OPERATOR_SET));
    }
    return versions;
  }
}
