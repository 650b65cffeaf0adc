package dev.phosphene.examples;

import dev.phosphene.image.ContactSheet;
import dev.phosphene.image.Image;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.ActivationMaximization;
import java.util.ArrayList;
import java.util.List;

/** What does a network take for a cat, what for a ship, and what for both at once? */
public final class Classes {
  private Classes() {}

  /** Writes {@code classes.png}. */
  public static void main(String[] arguments) {
    Model network = Networks.things();
    int cat = network.labels().indexOf("cat");
    int ship = network.labels().indexOf("ship");

    List<Image> pictures = new ArrayList<>();
    for (int[] classes : new int[][] {{cat}, {ship}, {cat, ship}}) {
      pictures.add(
          ActivationMaximization.of(network).filters(classes).iterations(64).run().image());
    }
    Output.of(arguments)
        .picture(
            "classes.png",
            ContactSheet.of(pictures, List.of("cat", "ship", "cat and ship")).render());
  }
}
