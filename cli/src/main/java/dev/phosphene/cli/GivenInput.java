package dev.phosphene.cli;

import dev.phosphene.cli.picture.OutputFile;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.Image;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.NumpyFormatException;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Gradient;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** An input that a person gives: an array in the model's layout and units, or a picture. */
sealed interface GivenInput {
  /** Whose names end so are arrays; all other files are pictures. */
  String ARRAY_EXTENSION = ".npy";

  /** The file that it is in. */
  Path file();

  /**
   * What the network takes: a picture is cut to the input's proportions and resized.
   *
   * @throws PhospheneException where the model does not take pictures
   */
  Tensor tensor(Model model, InputContract contract);

  /** The part of a picture that becomes the input; nothing of an array. */
  Optional<Image> seen(Model model, InputContract contract);

  /** An array, as it is. */
  record Array(Path file, Tensor tensor) implements GivenInput {
    @Override
    public Tensor tensor(Model model, InputContract contract) {
      return tensor;
    }

    @Override
    public Optional<Image> seen(Model model, InputContract contract) {
      return Optional.empty();
    }
  }

  /** A picture. */
  record Photo(Path file, Image picture) implements GivenInput {
    @Override
    public Tensor tensor(Model model, InputContract contract) {
      return Gradient.of(model).inputContract(contract).inputOf(picture);
    }

    @Override
    public Optional<Image> seen(Model model, InputContract contract) {
      return Optional.of(Gradient.of(model).inputContract(contract).partOf(picture));
    }
  }

  /**
   * Reads a file.
   *
   * @throws PhospheneException where it is missing, damaged, or neither an array nor a picture
   */
  static GivenInput read(Path file) {
    return OutputFile.hasExtension(file, ARRAY_EXTENSION)
        ? new Array(file, array(file))
        : new Photo(file, Image.read(file));
  }

  private static Tensor array(Path file) {
    try {
      return NumpyFile.read(file);
    } catch (NumpyFormatException e) {
      throw new PhospheneException("Cannot read array %s: %s".formatted(file, e.getMessage()), e);
    } catch (NoSuchFileException e) {
      throw new PhospheneException("Cannot read array %s: no such file".formatted(file), e);
    } catch (IOException e) {
      throw new PhospheneException(
          "Cannot read array %s: no permission, or %s".formatted(file, e.getMessage()), e);
    }
  }
}
