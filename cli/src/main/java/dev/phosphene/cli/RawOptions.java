package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.cli.picture.OutputFile;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.Image;
import dev.phosphene.image.PictureGrid;
import dev.phosphene.image.PngFile;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Picture;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.parameterization.ImageSize;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Inputs that were found, as numbers. */
final class RawOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--raw",
      paramLabel = "FILE.npy",
      description =
          "Also write the inputs that the pictures show, in the model's layout and units, one after"
              + " the other along the first axis.")
  private @Nullable Path raw;

  @Option(
      names = "--last",
      paramLabel = "FILE.npy",
      description =
          "Also write the inputs after the last step; others than --raw where the recipe keeps the"
              + " input of the lowest loss.")
  private @Nullable Path last;

  @Option(
      names = "--importance",
      paramLabel = "FILE",
      description =
          "Also write how much each position mattered: as numbers in [0, 1] into a .npy file, or the"
              + " pictures with all else transparent into a .png file. It is the magnitude of the"
              + " gradient there, summed over the steps; with --recipe maco.")
  private @Nullable Path importance;

  /**
   * Checks, before the work, that a recipe gives what is to be written.
   *
   * @throws ParameterException where it does not
   */
  void requireKept(Recipe recipe) {
    if (importance != null && !recipe.parameterization().isImportanceKept()) {
      throw new ParameterException(
          spec.commandLine(),
          "Option --importance needs a picture of which the importance is kept; choose --recipe maco or --parameterization maco");
    }
  }

  /**
   * Checks, before the work, that a picture of the importance can be written.
   *
   * @throws ParameterException where inputs are no pictures
   */
  void requirePictures(ImageSize size) {
    if (isImportancePicture() && !size.isPicture()) {
      throw new ParameterException(
          spec.commandLine(),
          "Option --importance should name a .npy file, as inputs of size %s are no pictures"
              .formatted(size));
    }
  }

  private boolean isImportancePicture() {
    return importance != null && OutputFile.hasExtension(importance, PictureFiles.USUAL_EXTENSION);
  }

  /** Checks, before the work, that the files can be written. */
  void requireUsable() {
    if (raw != null) {
      ArrayFile.requireUsable(spec, "--raw", raw);
    }
    if (last != null) {
      ArrayFile.requireUsable(spec, "--last", last);
    }
    if (importance != null) {
      PictureFiles.requireUsable(
          spec,
          "--importance",
          importance,
          List.of(GivenInput.ARRAY_EXTENSION, PictureFiles.USUAL_EXTENSION));
    }
  }

  /** Writes the files that were asked for. */
  void write(Console console, List<Picture> made) {
    if (raw != null) {
      ArrayFile.write(console, raw, stacked(made, Picture::input));
    }
    if (last != null) {
      ArrayFile.write(console, last, stacked(made, Picture::lastInput));
    }
    if (importance != null && isImportancePicture()) {
      PngFile.writeTransparent(
          importance,
          PictureGrid.of(made.stream().map(Picture::image).toList()).render(),
          PictureGrid.of(made.stream().map(RawOptions::opacity).toList()).render());
      console.note("Wrote " + importance);
    } else if (importance != null) {
      ArrayFile.write(console, importance, stacked(made, RawOptions::importance));
    }
  }

  private static Image opacity(Picture picture) {
    return picture.opacity().orElseThrow(RawOptions::notKept);
  }

  private static PhospheneException notKept() {
    return new PhospheneException(
        "The importance of these pictures was not kept; their recipe should optimize phases, as maco does");
  }

  /** {@code [1, ...]}. */
  private static Tensor importance(Picture picture) {
    Tensor map = picture.importance().orElseThrow(RawOptions::notKept);
    return map.reshaped(LongStream.concat(LongStream.of(1), LongStream.of(map.sizes())).toArray());
  }

  /** Inputs {@code [1, ...]} as one array {@code [N, ...]}. */
  private static Tensor stacked(List<Picture> made, Function<Picture, Tensor> input) {
    long[] sizes = input.apply(made.get(0)).sizes().clone();
    int elements = input.apply(made.get(0)).elements();
    float[] all = new float[Math.multiplyExact(elements, made.size())];
    for (int picture = 0; picture < made.size(); picture++) {
      float[] one = input.apply(made.get(picture)).toFloats();
      System.arraycopy(one, 0, all, picture * elements, elements);
    }
    sizes[0] = made.size();
    return Tensor.of(all, sizes);
  }
}
