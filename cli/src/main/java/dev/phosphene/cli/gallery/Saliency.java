package dev.phosphene.cli.gallery;

import dev.phosphene.demo.EmbeddedNetwork;
import dev.phosphene.image.ContactSheet;
import dev.phosphene.image.HeatMap;
import dev.phosphene.image.Image;
import dev.phosphene.image.Layout;
import dev.phosphene.image.Normalization;
import dev.phosphene.image.Overlay;
import dev.phosphene.model.Model;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Gradient;
import dev.phosphene.visualize.LayerActivation;
import dev.phosphene.visualize.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Photos of all classes, and which of their pixels count for the class. */
final class Saliency {
  /** Photos in a row; the row below it holds their overlays. */
  private static final int COLUMNS = 5;

  /** Side of a photo on the sheet: four times its pixels. */
  private static final int SHOWN_SIDE = 128;

  private final Model model;
  private final Target target;
  private final SessionSettings settings;

  Saliency(Model model, int threads) {
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
      List<Image> overlays = new ArrayList<>();
      List<String> answers = new ArrayList<>();
      for (int index = first; index < end; index++) {
        Image photo = Image.read(EmbeddedNetwork.extractPhoto(classes.get(index), temporary));
        Tensor input = photo.toTensor(Layout.CHANNELS_FIRST);
        Image shown = photo.resizedSmoothly(SHOWN_SIDE, SHOWN_SIDE);
        pictures.add(shown);
        labels.add(classes.get(index));
        overlays.add(overlay(shown, input, index));
        answers.add(answer(input));
      }
      pictures.addAll(overlays);
      labels.addAll(answers);
    }
    return ContactSheet.of(pictures, labels).withColumns(COLUMNS).render();
  }

  private Image overlay(Image shown, Tensor input, int index) {
    Tensor gradient =
        Gradient.of(model).filters(index).threads(settings.threads()).at(input).gradient();
    HeatMap map =
        HeatMap.ofMagnitudes(gradient, Layout.CHANNELS_FIRST, Normalization.ATTRIBUTION_PERCENTILE);
    return Overlay.BY_STRENGTH.over(shown, map);
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
