package dev.phosphene.examples;

import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.image.ContactSheet;
import dev.phosphene.image.Image;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.attribution.GradCam;
import dev.phosphene.visualize.attribution.Saliency;
import java.util.ArrayList;
import java.util.List;

/** Which parts of a photo count for its class? Saliency, guided saliency and Grad-CAM. */
public final class Explanations {
  /** The size at which the network sees the photos. */
  private static final int SIDE = 48;

  private Explanations() {}

  /** Writes {@code explanations.png}. */
  public static void main(String[] arguments) {
    Model network = Networks.things();
    List<Image> pictures = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (String label : List.of("airplane", "bird", "horse")) {
      Image photo = Networks.photo(label).resizedSmoothly(SIDE, SIDE);
      int index = network.labels().indexOf(label);
      Saliency saliency = Saliency.of(network).filters(index);
      pictures.add(photo);
      pictures.add(saliency.at(photo).over());
      pictures.add(saliency.backprop(BackpropModifier.GUIDED).at(photo).over());
      pictures.add(GradCam.of(network).filters(index).at(photo).over());
      labels.addAll(List.of(label, "saliency", "guided saliency", "Grad-CAM"));
    }
    Output.of(arguments)
        .picture("explanations.png", ContactSheet.of(pictures, labels).withColumns(4).render());
  }
}
