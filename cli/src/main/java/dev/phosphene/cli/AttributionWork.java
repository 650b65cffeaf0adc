package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.session.cache.SessionCache;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.AttributionRecord;
import dev.phosphene.visualize.AttributionRecord.Method;
import dev.phosphene.visualize.Gradient;
import dev.phosphene.visualize.LayerActivation;
import dev.phosphene.visualize.PictureRecord;
import dev.phosphene.visualize.Sheet;
import dev.phosphene.visualize.Target;
import dev.phosphene.visualize.Version;
import dev.phosphene.visualize.attribution.Attribution;
import dev.phosphene.visualize.attribution.GradCam;
import dev.phosphene.visualize.optimizer.GradientModifier;
import dev.phosphene.visualize.parameterization.ImageSize;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code saliency} and {@code cam} do: choose what is explained, explain it, write it. */
final class AttributionWork {
  private final AttributionOptions options;
  private final Method method;
  private final Console console;

  AttributionWork(AttributionOptions options, Method method) {
    this.options = options;
    this.method = method;
    this.console = options.says().console();
  }

  /**
   * Does all of it.
   *
   * @param usual what happens to the gradient where the options do not say
   * @param penultimate the layer whose feature maps are weighted; null where it is to be found
   */
  void run(GradientModifier usual, @Nullable String penultimate) {
    options.requireUsableFiles();
    long start = System.nanoTime();
    GivenFiles files = options.input().read();
    GivenFiles.Chosen chosen = files.choose(options.model().open(), "");
    GivenInput given = chosen.main();
    Model model = chosen.model();
    InputContract contract = options.contract().contract(model);
    Target target = options.layer().find(model);
    Tensor input = given.tensor(model, contract);
    LayerOptions.announce(console, target);
    ContractOptions.announce(console::note, model, contract);
    GivenFiles.announceHeld(console, model, target, input.shape());
    Optional<SessionCache> cache = options.cache().open(console);
    List<Integer> filters = filters(model, target, input, cache);
    String weighted = method == Method.CAM ? weighted(model, contract, input, penultimate) : "";
    AttributionRecord record =
        new AttributionRecord(
            Version.CURRENT,
            method,
            PictureRecord.ModelFile.of(model),
            PictureRecord.Input.of(contract),
            size(model, contract, input),
            target.layer().name(),
            options.layer().isSoftmaxKept(),
            filters,
            options.backprop().or(BackpropModifier.NONE),
            options.gradientModifier().or(usual),
            weighted,
            AttributionRecord.InputFile.of(given.file()),
            options.isMapOnly(),
            options.overlay(),
            options.threads().count());
    AttributionPicture picture = new AttributionPicture(record, model, contract, given, cache);
    Attribution attribution = picture.attribution();
    console.begin();
    write(record, picture, attribution);
    options
        .says()
        .printJson(
            console, json(record, Sheet.of(model, target), attribution, Seconds.since(start)));
  }

  private static ImageSize size(Model model, InputContract contract, Tensor input) {
    long[] sizes = Gradient.of(model).inputContract(contract).shown(input).sizes();
    List<Integer> spatial = Arrays.stream(sizes).skip(1).mapToObj(Math::toIntExact).toList();
    return new ImageSize(Math.toIntExact(sizes[0]), spatial);
  }

  private List<Integer> filters(
      Model model, Target target, Tensor input, Optional<SessionCache> cache) {
    FilterSelection chosen = options.filters();
    if (chosen != null) {
      return chosen.together(target);
    }
    if (target.filters() == 1) {
      return List.of(0);
    }
    SessionSettings usual = options.threads().settings();
    SessionSettings settings = cache.map(usual::withCache).orElse(usual);
    int strongest = strongest(LayerActivation.means(model, target, input, settings));
    Sheet sheet = Sheet.of(model, target);
    console.note(
        "Filter %d%s is the strongest for this input; --filter chooses another."
            .formatted(
                strongest,
                sheet.isLabelled() ? " (%s)".formatted(sheet.label(List.of(strongest))) : ""));
    return List.of(strongest);
  }

  private static int strongest(Tensor means) {
    float[] values = means.toFloats();
    int best = 0;
    for (int filter = 1; filter < values.length; filter++) {
      best = values[filter] > values[best] ? filter : best;
    }
    return best;
  }

  private String weighted(
      Model model, InputContract contract, Tensor input, @Nullable String penultimate) {
    Layer layer =
        options
            .layer()
            .applyTo(GradCam.of(model))
            .inputContract(contract)
            .penultimate(penultimate)
            .penultimate(input.shape());
    if (penultimate == null) {
      console.note(
          "The feature maps of layer \"%s\" (%s, output %s) are weighted; --penultimate chooses others."
              .formatted(layer.name(), layer.kind(), layer.shape()));
    }
    return layer.name();
  }

  private void write(
      AttributionRecord record, AttributionPicture picture, Attribution attribution) {
    Path file = options.output();
    Path raw = options.raw();
    if (raw != null) {
      ArrayFile.write(console, raw, attribution.raw());
    }
    if (options.isArray()) {
      ArrayFile.write(console, file, attribution.map().strengths());
      return;
    }
    PictureFiles.write(file, picture.of(attribution), record);
    console.note("Wrote %s; make it again with: phosphene replay %s".formatted(file, file));
  }

  private Map<String, Object> json(
      AttributionRecord record, Sheet sheet, Attribution attribution, double seconds) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", options.output().toString());
    json.put("method", record.method().name().toLowerCase(Locale.ROOT));
    json.put("model", record.model());
    json.put("input", record.explained());
    json.put("layer", record.layer());
    json.put("filters", record.filters());
    json.put("label", sheet.label(record.filters()));
    json.put("activation", attribution.losses().overall());
    json.put("backprop", record.backprop().toString());
    json.put("gradient", record.gradientModifier().toString());
    if (record.method() == Method.CAM) {
      json.put("penultimate", record.penultimate());
    }
    json.put("threads", record.threads());
    json.put("seconds", seconds);
    return json;
  }
}
