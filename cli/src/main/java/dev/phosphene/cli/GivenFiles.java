package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.HeldInputs;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Shape;
import dev.phosphene.visualize.Target;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Inputs that a person gives, read.
 *
 * @param plain that has no name; empty where all have one
 * @param named by names of inputs
 */
record GivenFiles(Optional<GivenInput> plain, Map<String, GivenInput> named) {
  /**
   * What a command looks at.
   *
   * @param model with the other inputs held
   * @param main the input that is looked at
   */
  record Chosen(Model model, GivenInput main) {}

  /**
   * Reads files.
   *
   * @throws PhospheneException where one is missing, damaged, or neither an array nor a picture
   */
  static GivenFiles read(List<NamedFile> files) {
    Map<String, GivenInput> named = new LinkedHashMap<>();
    Optional<GivenInput> plain = Optional.empty();
    for (NamedFile each : files) {
      GivenInput input = GivenInput.read(each.file());
      if (!each.isNamed()) {
        plain = Optional.of(input);
      } else if (named.put(each.input(), input) != null) {
        throw new PhospheneException("Input \"%s\" was given twice".formatted(each.input()));
      }
    }
    return new GivenFiles(plain, named);
  }

  /**
   * Chooses the input that is looked at, and holds the others.
   *
   * @param wanted name of the input to look at; empty for the one without a name, else the one of
   *     those given that most looks like a picture
   * @throws PhospheneException where the model has no such input, or a file does not fit one
   */
  Chosen choose(Model model, String wanted) {
    named.keySet().forEach(model::withMainInput); // says which inputs there are, if one is unknown
    String main =
        !wanted.isEmpty()
            ? wanted
            : plain.isPresent() ? model.mainInput() : model.mainInput(named.keySet());
    GivenInput given = named.get(main);
    if (given != null && plain.isPresent()) {
      throw new PhospheneException(
          "Input \"%s\" was given twice: %s without a name, and %s"
              .formatted(main, plain.get().file(), given.file()));
    }
    if (given == null && (plain.isEmpty() || !main.equals(model.mainInput()))) {
      throw new PhospheneException(
          "Input \"%s\" is looked at and was not given; give it with --input %s=FILE"
              .formatted(main, main));
    }
    GivenInput looked = given != null ? given : plain.get();
    return new Chosen(sized(hold(model, main).withMainInput(main), looked), looked);
  }

  private static Model sized(Model model, GivenInput main) {
    return main instanceof GivenInput.Array array
        ? model.withMainShape(array.tensor().shape())
        : model;
  }

  /** A model with the inputs that have names held, but for one of them. */
  Model hold(Model model, String main) {
    Model holding = model;
    for (Map.Entry<String, GivenInput> each : named.entrySet()) {
      if (!each.getKey().equals(main)) {
        Model through = model.withMainInput(each.getKey());
        holding =
            holding.withInput(
                each.getKey(), each.getValue().tensor(through, through.inputContract()));
      }
    }
    return holding;
  }

  /**
   * Tells what stands for inputs that a layer needs and that were not given.
   *
   * @param mainShape of the input that is looked at
   */
  static void announceHeld(Console console, Model model, Target target, Shape mainShape) {
    List<String> filled =
        HeldInputs.of(
                model,
                model.graph().reaching(List.of(target.value())),
                model.mainInput(),
                mainShape)
            .filled();
    if (!filled.isEmpty()) {
      console.note(
          "Held, as not given: %s; give them with --input NAME=FILE"
              .formatted(String.join(", ", filled)));
    }
  }

  /** The file of the input without a name, else the first. */
  static Path first(List<NamedFile> files) {
    return files.stream().filter(file -> !file.isNamed()).findFirst().orElse(files.get(0)).file();
  }
}
