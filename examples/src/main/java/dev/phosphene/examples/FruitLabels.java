package dev.phosphene.examples;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;

import dev.phosphene.image.ContactSheet;
import dev.phosphene.image.Image;
import dev.phosphene.model.Activation;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.loss.TotalVariation;
import dev.phosphene.visualize.transform.Jitter;
import java.util.ArrayList;
import java.util.List;

/** A network that gives several labels to one picture: what does it take for one, what for two? */
public final class FruitLabels {
  private static final List<List<String>> WANTED =
      List.of(
          List.of("banana"),
          List.of("pear"),
          List.of("blueberry"),
          List.of("banana", "blueberry"),
          List.of("orange", "pear"));

  private FruitLabels() {}

  /** Writes {@code fruit-labels.png}. */
  public static void main(String[] arguments) {
    // The gradient of a probability vanishes where the network is sure; that of its logit does not.
    Model network = Networks.open("fruit-labels").withActivation("sigmoid", Activation.LINEAR);
    List<Image> pictures = new ArrayList<>();
    for (List<String> labels : WANTED) {
      pictures.add(
          ActivationMaximization.of(network)
              .filters(labels.stream().map(network.labels()::indexOf).toList())
              .recipe(Pixels.ofUnitRange(80))
              .losses(weighted(new ActivationLoss(), 1), weighted(new TotalVariation(2), 100))
              .modifier(new Jitter(4))
              .run()
              .image());
    }
    Output.of(arguments)
        .picture(
            "fruit-labels.png",
            ContactSheet.of(
                    pictures, WANTED.stream().map(labels -> String.join(", ", labels)).toList())
                .withColumns(WANTED.size())
                .render());
  }
}
