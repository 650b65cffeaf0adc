package dev.phosphene.examples;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;

import dev.phosphene.image.ContactSheet;
import dev.phosphene.image.Image;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.loss.LpNorm;
import dev.phosphene.visualize.loss.TotalVariation;
import dev.phosphene.visualize.transform.Jitter;
import java.util.ArrayList;
import java.util.List;

/** What do total variation, the L-p norm and jitter each do to a picture? */
public final class Regularizers {
  private Regularizers() {}

  /** Writes {@code regularizers.png}. */
  public static void main(String[] arguments) {
    Model network = Networks.things();
    int horse = network.labels().indexOf("horse");
    List<Image> pictures = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (double variation : new double[] {0, 10, 100, 1000}) {
      for (double norm : new double[] {0, 10_000}) {
        for (int jitter : new int[] {0, 4}) {
          pictures.add(
              ActivationMaximization.of(network)
                  .filters(horse)
                  .recipe(Pixels.ofUnitRange(100))
                  .losses(
                      weighted(new ActivationLoss(), 1),
                      weighted(new TotalVariation(2), variation),
                      weighted(new LpNorm(6), norm))
                  .modifier(new Jitter(jitter))
                  .run()
                  .image());
          labels.add(
              "tv %.0f%s%s"
                  .formatted(variation, norm > 0 ? ", lp" : "", jitter > 0 ? ", jitter" : ""));
        }
      }
    }
    Output.of(arguments)
        .picture("regularizers.png", ContactSheet.of(pictures, labels).withColumns(4).render());
  }
}
