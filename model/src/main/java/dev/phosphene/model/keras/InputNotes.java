package dev.phosphene.model.keras;

import dev.phosphene.model.keras.NetworkConfig.Entry;
import dev.phosphene.model.keras.layer.LayerConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model's first layers say of its input, as notes on the model: a layer that brings numbers
 * to the network's scale says on what scale they come.
 */
final class InputNotes {
  /** Ranges that pictures come in. */
  private static final double[][] GIVEN = {{0, 255}, {0, 1}, {-1, 1}};

  /** Ranges that networks are trained on. */
  private static final double[][] WANTED = {{0, 1}, {-1, 1}};

  /** How far a range may be off: 1 / 256 is used for 1 / 255. */
  private static final double TOLERANCE = 0.02;

  /** Means above are of numbers up to 255. */
  private static final double LARGEST_MEAN_OF_UNIT_RANGE = 2;

  private InputNotes() {}

  /** Notes by the keys that {@code InputContract} is made from. */
  static Map<String, String> of(NetworkConfig network, NetworkWeights weights) {
    Map<String, String> notes = new LinkedHashMap<>();
    notes.put("phosphene.layout", FilterAxes.dataFormat(network));
    double[] range = range(network, weights);
    if (range.length == 2) {
      notes.put("phosphene.range", range[0] + "," + range[1]);
    }
    return notes;
  }

  private static double[] range(NetworkConfig network, NetworkWeights weights) {
    for (Entry entry : network.layers()) {
      LayerConfig config = new LayerConfig(entry.name(), entry.config());
      if (entry.network() != null) {
        return range(entry.network(), weights.network(network, entry));
      } else if (entry.className().equals("Rescaling")) {
        return ofRescaling(
            config.has("scale") ? config.numbers("scale") : new double[] {1},
            config.has("offset") ? config.numbers("offset") : new double[] {0});
      } else if (entry.className().equals("Normalization")) {
        double[] mean =
            config.has("mean")
                ? config.numbers("mean")
                : weights.layer(network, entry).next("mean").toDoubles();
        return ofMean(mean);
      } else if (!entry.isInput() && !entry.className().startsWith("Random")) {
        return new double[0];
      }
    }
    return new double[0];
  }

  private static double[] ofRescaling(double[] scale, double[] offset) {
    List<double[]> fitting = new ArrayList<>();
    if (scale.length == 1 && offset.length == 1) {
      for (double[] given : GIVEN) {
        for (double[] wanted : WANTED) {
          double low = given[0] * scale[0] + offset[0];
          double high = given[1] * scale[0] + offset[0];
          if (Math.abs(low - wanted[0]) < TOLERANCE && Math.abs(high - wanted[1]) < TOLERANCE) {
            fitting.add(given);
          }
        }
      }
    }
    return fitting.isEmpty() ? new double[0] : fitting.get(0);
  }

  private static double[] ofMean(double[] mean) {
    double largest = Arrays.stream(mean).map(Math::abs).max().orElse(0);
    if (largest > LARGEST_MEAN_OF_UNIT_RANGE) {
      return GIVEN[0];
    }
    boolean isPositive = mean.length > 0 && Arrays.stream(mean).allMatch(each -> each > 0);
    return isPositive && largest < 1 ? GIVEN[1] : new double[0];
  }
}
