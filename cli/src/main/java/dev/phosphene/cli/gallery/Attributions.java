package dev.phosphene.cli.gallery;

import dev.phosphene.demo.EmbeddedNetwork;
import dev.phosphene.image.ContactSheet;
import dev.phosphene.image.Image;
import dev.phosphene.image.Layout;
import dev.phosphene.image.Overlay;
import dev.phosphene.model.Model;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.LayerActivation;
import dev.phosphene.visualize.Target;
import dev.phosphene.visualize.attribution.Attribution;
import dev.phosphene.visualize.attribution.GradCam;
import dev.phosphene.visualize.attribution.Saliency;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Photos of all classes, and which of their pixels and regions count for the class. */
final class Attributions {
  /** Photos in a row; the rows below it hold their overlays. */
  private static final int COLUMNS = 5;

  /** Side of a photo on the sheet: four times its pixels. */
  private static final int SHOWN_SIDE = 128;

  private final Model model;
  private final Target target;
  private final SessionSettings settings;

  Attributions(Model model, int threads) {
    this.model = model;
    this.target = Target.of(model, null, false);
    this.settings = SessionSettings.DEFAULT.withThreads(threads);
  }

  Image sheet(Path temporary) {
    List<Image> pictures = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    List<String> classes = model.labels();
    for (int first = 0; first < classes.size(); first += COLUMNS) {
      int end = Math.min(first + COLUMNS, classes.size());
      List<Image> saliencies = new ArrayList<>();
      List<Image> regions = new ArrayList<>();
      List<String> answers = new ArrayList<>();
      List<String> methods = new ArrayList<>();
      for (int index = first; index < end; index++) {
        Image photo = Image.read(EmbeddedNetwork.extractPhoto(classes.get(index), temporary));
        Tensor input = photo.toTensor(Layout.CHANNELS_FIRST);
        Image shown = photo.resizedSmoothly(SHOWN_SIDE, SHOWN_SIDE);
        pictures.add(shown);
        labels.add(classes.get(index));
        saliencies.add(over(shown, saliency(input, index)));
        answers.add(answer(input));
        regions.add(over(shown, cam(input, index)));
        methods.add("Grad-CAM");
      }
      pictures.addAll(saliencies);
      labels.addAll(answers);
      pictures.addAll(regions);
      labels.addAll(methods);
    }
    return ContactSheet.of(pictures, labels).withColumns(COLUMNS).render();
  }

  private static Image over(Image shown, Attribution attribution) {
    return attribution.over(shown, Overlay.BY_STRENGTH);
  }

  private Attribution saliency(Tensor input, int index) {
    return Saliency.of(model).filters(index).threads(settings.threads()).at(input);
  }

  private Attribution cam(Tensor input, int index) {
    return GradCam.of(model).filters(index).threads(settings.threads()).at(input);
  }

  /** The class that the network takes a photo for. */
  private String answer(Tensor input) {
    float[] scores = LayerActivation.of(model, target, input, settings).toFloats();
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return model.labels().get(best);
  }
}
