package dev.phosphene.examples;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;

import dev.phosphene.image.ContactSheet;
import dev.phosphene.image.Image;
import dev.phosphene.image.Layout;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Picture;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.loss.TotalVariation;
import dev.phosphene.visualize.transform.Jitter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Inputs of one and of three dimensions: what is a square wave, what is a ball to a network? */
public final class SignalsAndVolumes {
  /** Slices shown of each volume, of sixteen. */
  private static final int[] SLICES = {2, 5, 8, 11, 14};

  private SignalsAndVolumes() {}

  /** Writes {@code signals.png} and {@code volumes.png}. */
  public static void main(String[] arguments) {
    Output output = Output.of(arguments);
    output.picture("signals.png", signals(Networks.open("signal")));
    output.picture("volumes.png", volumes(Networks.open("volume")));
  }

  private static Image signals(Model network) {
    List<Image> curves = classes(network, 3).stream().map(Picture::image).toList();
    return ContactSheet.of(curves, network.labels()).withColumns(2).render();
  }

  private static Image volumes(Model network) {
    List<Image> slices = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    List<Picture> volumes = classes(network, 10);
    for (int index = 0; index < volumes.size(); index++) {
      // [1, 1, 16, 16, 16]: the slices as a batch of gray pictures
      Tensor volume = volumes.get(index).input().reshaped(16, 1, 16, 16);
      List<Image> all = Image.fromTensor(volume, Layout.CHANNELS_FIRST);
      for (int slice : SLICES) {
        slices.add(all.get(slice));
        labels.add("%s, slice %d".formatted(network.labels().get(index), slice));
      }
    }
    return ContactSheet.of(slices, labels).withColumns(SLICES.length).render();
  }

  private static List<Picture> classes(Model network, double variation) {
    return ActivationMaximization.of(network)
        .each(IntStream.range(0, network.labels().size()).toArray())
        .recipe(Pixels.ofUnitRange(80))
        .losses(weighted(new ActivationLoss(), 1), weighted(new TotalVariation(2), variation))
        .modifier(new Jitter(2))
        .runAll();
  }
}
