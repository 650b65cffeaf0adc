package dev.phosphene.cli;

import dev.phosphene.image.Image;
import dev.phosphene.image.Layout;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.Model;
import dev.phosphene.session.cache.SessionCache;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.AttributionRecord;
import dev.phosphene.visualize.Visualization;
import dev.phosphene.visualize.attribution.Attribution;
import dev.phosphene.visualize.attribution.GradCam;
import dev.phosphene.visualize.attribution.Saliency;
import java.util.Optional;

/**
 * From a record to the attribution and its picture: the commands and {@code replay} go this way.
 */
final class AttributionPicture {
  /** Longest side of a picture on which a map is laid: what fits on a screen. */
  private static final int MOST_SIDE = 1024;

  /** Smaller pictures are enlarged to this side, so that one sees where the map is strong. */
  private static final int LEAST_SIDE = 224;

  private final AttributionRecord record;
  private final Model model;
  private final InputContract contract;
  private final GivenInput given;
  private final Optional<SessionCache> cache;

  /**
   * Prepares the attribution.
   *
   * @param model with the activations of the record
   * @param cache that keeps what is compiled, if any does
   */
  AttributionPicture(
      AttributionRecord record,
      Model model,
      InputContract contract,
      GivenInput given,
      Optional<SessionCache> cache) {
    this.record = record;
    this.model = model;
    this.contract = contract;
    this.given = given;
    this.cache = cache;
  }

  /** Computes it. */
  Attribution attribution() {
    Tensor input = given.tensor(model, contract);
    return switch (record.method()) {
      case SALIENCY ->
          set(Saliency.of(model)).gradientModifier(record.gradientModifier()).at(input);
      case CAM ->
          set(GradCam.of(model))
              .gradientModifier(record.gradientModifier())
              .penultimate(record.penultimate())
              .at(input);
    };
  }

  private <S extends Visualization<S>> S set(S visualization) {
    cache.ifPresent(visualization::cache);
    return visualization
        .layer(record.layer())
        .softmax(record.softmax())
        .filters(record.filters())
        .backprop(record.backprop())
        .inputContract(contract)
        .threads(record.threads());
  }

  /** Its picture. */
  Image of(Attribution attribution) {
    if (record.mapOnly()) {
      return attribution.alone(record.overlay().colours());
    }
    Optional<Image> picture =
        given.seen(model, contract).or(() -> picture(attribution.shown())).map(this::sized);
    return picture
        .map(shown -> attribution.over(shown, record.overlay()))
        .orElseGet(() -> attribution.over(record.overlay()));
  }

  /** The picture that an array is: in colour, or the mean of its channels in gray. */
  private static Optional<Image> picture(Tensor shown) {
    if (shown.rank() != 3) {
      return Optional.empty();
    }
    long[] sizes = shown.sizes();
    Tensor picture = sizes[0] == 3 ? shown : mean(shown, (int) sizes[0]);
    return Optional.of(Image.fromTensor(picture, Layout.CHANNELS_FIRST).get(0));
  }

  private static Tensor mean(Tensor shown, int channels) {
    float[] values = shown.toFloats();
    float[] means = new float[values.length / channels];
    for (int i = 0; i < values.length; i++) {
      means[i % means.length] += values[i] / channels;
    }
    return Tensor.of(means, 1, shown.sizes()[1], shown.sizes()[2]);
  }

  private Image sized(Image picture) {
    int longest = Math.max(picture.width(), picture.height());
    double scale =
        longest > MOST_SIDE
            ? (double) MOST_SIDE / longest
            : longest < LEAST_SIDE ? (double) LEAST_SIDE / longest : 1;
    return picture.resizedSmoothly(
        (int) Math.max(1, Math.round(scale * picture.width())),
        (int) Math.max(1, Math.round(scale * picture.height())));
  }
}
