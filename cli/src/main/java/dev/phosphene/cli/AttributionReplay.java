package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.Image;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.AttributionRecord;
import dev.phosphene.visualize.Target;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the picture of an attribution again. */
final class AttributionReplay {
  private final AttributionRecord record;
  private final Path file;
  private final Model model;

  /**
   * Prepares the attribution.
   *
   * @param file that carries the record
   * @param model of the record
   */
  AttributionReplay(AttributionRecord record, Path file, Model model) {
    this.record = record;
    this.file = file;
    this.model = model;
  }

  /**
   * The picture.
   *
   * @param given where the user says that the input is; null where the user does not
   * @throws PhospheneException where the input is not found, or what is found is another
   */
  Image picture(@Nullable Path given, Console console) {
    AttributionRecord.InputFile explained = record.explained();
    Path found = RecordedFile.find("input", explained.file(), file, given, "--input");
    String sha256 = AttributionRecord.InputFile.of(found).sha256();
    if (!sha256.equals(explained.sha256())) {
      throw new PhospheneException(
          "%s explains another input: its SHA-256 is %s, that of %s is %s; name the input with --input"
              .formatted(file, explained.sha256(), found, sha256));
    }
    InputContract contract = record.contract(model);
    LayerOptions.announce(console, Target.of(model, record.layer(), record.softmax()));
    ContractOptions.announce(console::note, model, contract);
    AttributionPicture picture =
        new AttributionPicture(record, model, contract, GivenInput.read(found), Optional.empty());
    Image again = picture.of(picture.attribution());
    console.begin();
    return again;
  }
}
