package dev.phosphene.visualize.atlas;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.PictureRecord;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.RunRecord;
import dev.phosphene.visualize.parameterization.ImageSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What all pictures of an atlas have in common: everything of their records but layer and filter.
 *
 * @param model file and SHA-256 of the model, and what was changed in it
 * @param input what the network was taken to expect
 * @param size of the images
 * @param softmax whether a softmax at the end of a layer is kept
 * @param seed of all random numbers
 * @param start as a record has it
 * @param recipe how the pictures are made
 */
public record AtlasSettings(
    PictureRecord.ModelFile model,
    PictureRecord.Input input,
    ImageSize size,
    boolean softmax,
    long seed,
    String start,
    Recipe recipe) {
  /** Hexadecimal digits by which a person tells models apart. */
  private static final int SHOWN_DIGITS = 12;

  /** What a record says. */
  static AtlasSettings of(RunRecord record) {
    return new AtlasSettings(
        record.model(),
        record.input(),
        record.size(),
        record.softmax(),
        record.seed(),
        record.start(),
        record.recipe());
  }

  /**
   * The settings of a run, whatever its layer.
   *
   * @throws dev.phosphene.graph.PhospheneException where the run cannot be recorded
   */
  static AtlasSettings of(ActivationMaximization run) {
    return of(run.record(List.of()));
  }

  /**
   * What differs from other settings, in words: {@code seed 0, now 1}. A model is the same if its
   * content and what was changed in it are, wherever it lies.
   *
   * @return none where pictures of both belong to one atlas
   */
  public List<String> differences(AtlasSettings now) {
    List<String> differences = new ArrayList<>();
    if (!model.sha256().equals(now.model.sha256())) {
      differences.add(
          changed(
              "model",
              "%s (SHA-256 %s)".formatted(model.file(), shown(model.sha256())),
              "%s (SHA-256 %s)".formatted(now.model.file(), shown(now.model.sha256()))));
    }
    if (!model.activations().equals(now.model.activations())) {
      differences.add(changed("activations", model.activations(), now.model.activations()));
    }
    if (!model.inputs().equals(now.model.inputs())) {
      differences.add("the other inputs");
    }
    differ("", AtlasJson.tree(input), AtlasJson.tree(now.input), differences);
    if (!size.equals(now.size)) {
      differences.add(changed("size", size, now.size));
    }
    if (softmax != now.softmax) {
      differences.add(changed("softmax kept", softmax, now.softmax));
    }
    if (seed != now.seed) {
      differences.add(changed("seed", seed, now.seed));
    }
    if (!start.equals(now.start)) {
      differences.add(changed("start", shown(start), shown(now.start)));
    }
    differ("recipe ", AtlasJson.tree(recipe), AtlasJson.tree(now.recipe), differences);
    return differences;
  }

  /** Names the properties that differ, with their values where those are short. */
  private static void differ(
      String prefix, JsonNode before, JsonNode now, List<String> differences) {
    for (Map.Entry<String, JsonNode> each : before.properties()) {
      JsonNode other = now.path(each.getKey());
      if (!each.getValue().equals(other)) {
        String name = prefix + each.getKey();
        differences.add(
            each.getValue().isValueNode()
                ? changed(name, each.getValue().asText(), other.asText())
                : name);
      }
    }
  }

  private static String changed(String what, Object before, Object now) {
    return "%s %s, now %s".formatted(what, before, now);
  }

  private static String shown(String digits) {
    return digits.substring(0, Math.min(SHOWN_DIGITS, digits.length()));
  }
}
