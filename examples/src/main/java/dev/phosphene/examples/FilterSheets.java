package dev.phosphene.examples;

import dev.phosphene.model.Model;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Picture;
import java.util.List;
import java.util.stream.IntStream;

/** What do the filters of an early, a middle and a late layer look for? */
public final class FilterSheets {
  private static final int FILTERS = 12;

  private FilterSheets() {}

  /** Writes {@code filters-early.png}, {@code filters-middle.png} and {@code filters-late.png}. */
  public static void main(String[] arguments) {
    Model network = Networks.things();
    Output output = Output.of(arguments);
    String[][] layers = {
      {"early", "stage1.conv"}, {"middle", "stage2.block1.relu2"}, {"late", "stage3.block1.relu2"}
    };
    for (String[] layer : layers) {
      ActivationMaximization run =
          ActivationMaximization.of(network)
              .layer(layer[1])
              .each(IntStream.range(0, FILTERS).toArray())
              .iterations(48);
      List<Picture> pictures = run.runAll();
      output.picture("filters-%s.png".formatted(layer[0]), run.sheet().of(pictures));
    }
  }
}
