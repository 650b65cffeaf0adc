package dev.phosphene.examples;

import dev.phosphene.demo.EmbeddedNetwork;
import dev.phosphene.image.Image;
import dev.phosphene.model.Model;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The networks and pictures that the examples look at, taken out of the jar. */
final class Networks {
  private static final Path FOLDER = temporaryFolder();

  private Networks() {}

  /** The network that tells ten kinds of things apart, of CIFAR-10. */
  static Model things() {
    return Model.open(EmbeddedNetwork.extractModel(temporaryFolder()), "demo");
  }

  /** A test photo of one of those things. */
  static Image photo(String label) {
    return Image.read(EmbeddedNetwork.extractPhoto(label, temporaryFolder()));
  }

  /** One of the small networks of the examples: {@code apple-counter}, say. */
  static Model open(String name) {
    for (String extension : new String[] {".labels.txt", ".phosphene.json"}) {
      extract(name + extension);
    }
    return Model.open(extract(name + ".onnx"), name + ".onnx");
  }

  /** A picture that is among the examples' resources. */
  static Image picture(String name) {
    return Image.read(extract(name));
  }

  private static Path extract(String name) {
    Path file = FOLDER.resolve(name);
    try (InputStream resource = Networks.class.getResourceAsStream(name)) {
      if (resource != null && !Files.exists(file)) {
        Files.copy(resource, file);
        file.toFile().deleteOnExit();
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path temporaryFolder() {
    try {
      Path folder = Files.createTempDirectory("phosphene-examples");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
