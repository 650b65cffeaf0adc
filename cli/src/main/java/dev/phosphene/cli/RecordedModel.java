package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.RunRecord;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The model that a picture was made from: found again, and known by its hash. */
final class RecordedModel {
  private RecordedModel() {}

  /**
   * Opens the model of a record.
   *
   * @param picture that carries the record: the model may lie beside it
   * @param given where the user says that the model is
   * @throws PhospheneException where it is not found, or what is found is another
   */
  static Model open(RunRecord.ModelFile recorded, Path picture, @Nullable String given) {
    String name = given != null ? given : find(recorded.file(), picture);
    Model model = ModelSource.open(name);
    if (!model.sha256().equals(recorded.sha256())) {
      throw new PhospheneException(
          "%s was made from another model: its SHA-256 is %s, that of %s is %s; name the model with --model"
              .formatted(picture, recorded.sha256(), name, model.sha256()));
    }
    return model;
  }

  private static String find(String recorded, Path picture) {
    if (!ModelSource.isFile(recorded)) {
      return recorded;
    }
    for (Path candidate : candidates(recorded, picture)) {
      if (Files.isRegularFile(candidate)) {
        return candidate.toString();
      }
    }
    throw new PhospheneException(
        "The model %s of %s is neither there nor beside the picture; name it with --model"
            .formatted(recorded, picture));
  }

  private static List<Path> candidates(String recorded, Path picture) {
    List<Path> candidates = new ArrayList<>();
    try {
      Path path = Path.of(recorded);
      candidates.add(path);
      Path name = path.getFileName();
      if (name != null) {
        candidates.add(picture.resolveSibling(name));
      }
    } catch (InvalidPathException e) {
      // Recorded on a system with other names for files; --model is the way out.
    }
    return candidates;
  }
}
