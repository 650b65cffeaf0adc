package dev.phosphene.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The embedded network and what belongs to it.
 *
 * <p>It takes {@code [N, 3, H, W]}, RGB in [0, 1], height and width multiples of 8, and gives ten
 * logits.
 */
public final class EmbeddedNetwork {
  private static final String MODEL = "cifar10.onnx";
  private static final String SIDECAR = "cifar10.phosphene.json";
  private static final String LABELS = "cifar10.labels.txt";

  private EmbeddedNetwork() {}

  /** Names of the ten classes, in the order of the network's outputs. */
  public static List<String> labels() {
    try (InputStream resource = resource(LABELS)) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes the network as an ONNX file, with a sidecar beside it that says which size of images
   * suits it: half as much again as that of the photos that it was trained on, which leaves room
   * for an object at any place.
   *
   * @return the ONNX file in the folder
   * @throws UncheckedIOException where it cannot be written
   */
  public static Path extractModel(Path folder) {
    extract(SIDECAR, folder.resolve(SIDECAR));
    return extract(MODEL, folder.resolve(MODEL));
  }

  /**
   * Writes a test photo of a class as a PNG file of 32 x 32 pixels.
   *
   * @return the file in the folder
   * @throws UncheckedIOException where it cannot be written
   */
  public static Path extractPhoto(String label, Path folder) {
    return extract("photos/" + label + ".png", folder.resolve(label + ".png"));
  }

  private static Path extract(String name, Path file) {
    try (InputStream resource = resource(name)) {
      Files.copy(resource, file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream resource(String name) {
    InputStream resource = EmbeddedNetwork.class.getResourceAsStream(name);
    if (resource == null) {
      throw new IllegalArgumentException("The embedded network has no " + name);
    }
    return resource;
  }
}
