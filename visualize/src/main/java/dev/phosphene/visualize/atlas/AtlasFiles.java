package dev.phosphene.visualize.atlas;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.PngFile;
import dev.phosphene.image.WholeFile;
import dev.phosphene.model.Layer;
import dev.phosphene.visualize.PictureRecord;
import dev.phosphene.visualize.RunRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of an atlas: how its files are called.
 *
 * <pre>
 * index.json
 * layers/007-conv5/filter-0020.png
 * layers/007-conv5/sheet.jpg
 * photos/tiger-1f3a5c7e9b0d.jpg
 * </pre>
 *
 * <p>Names of layers and photos come from files that anyone may have written: only letters, digits,
 * dots, hyphens and underscores of them are in the names of files, with a hash of the whole name
 * where anything was left out, so that no two are the same.
 *
 * @param folder that exists
 */
public record AtlasFiles(Path folder) {
  /** The index's file. */
  public static final String INDEX = "index.json";

  private static final String LAYERS = "layers/";
  private static final String PHOTOS = "photos/";

  /** Characters of a name that are kept. */
  private static final int LONGEST = 60;

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,59}");

  /** Larger files are no index: a million pictures have one of this size. */
  private static final long MAXIMUM_INDEX_BYTES = 1L << 30;

  /** The folder of a layer. */
  static String layer(Layer layer) {
    String name = layer.name();
    // Layers that are not counted are told apart by their names alone.
    return layer.index() == Layer.UNLISTED
        ? LAYERS + "unlisted-" + hashed(name)
        : LAYERS
            + String.format(Locale.ROOT, "%03d-", layer.index())
            + (isPlain(name) ? name : hashed(name));
  }

  /** The picture of a filter, in the folder of its layer. */
  static String picture(String layerFolder, int filter) {
    return layerFolder + String.format(Locale.ROOT, "/filter-%04d.png", filter);
  }

  /** A sheet of a layer. */
  static String sheet(String layerFolder, int number) {
    return layerFolder + (number == 0 ? "/sheet.jpg" : "/sheet-%d.jpg".formatted(number + 1));
  }

  /** The copy of a photo. */
  static String photo(String name) {
    return PHOTOS + hashed(name.replaceFirst("\\.[A-Za-z0-9]+$", ""), name) + ".jpg";
  }

  private static boolean isPlain(String name) {
    return PLAIN.matcher(name).matches() && !name.contains("..");
  }

  private static String hashed(String name) {
    return hashed(name, name);
  }

  private static String hashed(String shown, String whole) {
    String kept = shown.replaceAll("[^A-Za-z0-9_-]+", "_");
    return kept.substring(0, Math.min(LONGEST, kept.length())) + "-" + hash(whole);
  }

  private static String hash(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(digest, 6));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** The path of a file that is named as in the index. */
  public Path path(String file) {
    return folder.resolve(file);
  }

  /**
   * Writes a file of the atlas, as a whole or not at all, and the folder for it.
   *
   * @throws PhospheneException where it cannot be written
   */
  public void write(String file, byte[] content) {
    Path path = path(file);
    try {
      Files.createDirectories(path.getParent());
    } catch (IOException e) {
      throw new PhospheneException(
          "%s: the folder cannot be made: choose another place with -o".formatted(path.getParent()),
          e);
    }
    WholeFile.write(path, stream -> stream.write(content));
  }

  /** The record in a picture of the atlas; empty where there is none that can be read. */
  Optional<RunRecord> record(String file) {
    try {
      return PngFile.recipe(path(file))
          .map(PictureRecord::fromJson)
          .filter(RunRecord.class::isInstance)
          .map(RunRecord.class::cast);
    } catch (PhospheneException unreadable) {
      return Optional.empty(); // it is made again
    }
  }

  /**
   * The index as it stands in the folder; empty where the folder is.
   *
   * @throws PhospheneException where the index cannot be read, or the folder has files and no index
   */
  Optional<AtlasIndex> index() {
    Path file = path(INDEX);
    if (!Files.exists(file)) {
      requireEmpty();
      return Optional.empty();
    }
    try {
      if (Files.size(file) > MAXIMUM_INDEX_BYTES) {
        throw new PhospheneException("%s: it is too large for an index".formatted(file));
      }
      return Optional.of(AtlasJson.read(Files.readAllBytes(file)));
    } catch (IOException | PhospheneException e) {
      throw new PhospheneException(
          "%s: not the index of an atlas that this version of Phosphene knows; choose another folder, or remove this one"
              .formatted(file),
          e);
    }
  }

  private void requireEmpty() {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> first =
          files.map(file -> String.valueOf(file.getFileName())).sorted().limit(1).toList();
      if (!first.isEmpty()) {
        throw new PhospheneException(
            "%s: expected a new or empty folder, or that of an atlas, found \"%s\" and no %s; choose another folder"
                .formatted(folder, first.get(0), INDEX));
      }
    } catch (IOException e) {
      throw new PhospheneException(
          "%s: the folder cannot be read: check its permissions".formatted(folder), e);
    }
  }
}
