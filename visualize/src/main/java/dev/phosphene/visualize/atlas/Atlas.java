package dev.phosphene.visualize.atlas;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Layer;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.RunRecord;
import dev.phosphene.visualize.Version;
import dev.phosphene.visualize.atlas.AtlasIndex.FilterEntry;
import dev.phosphene.visualize.atlas.AtlasIndex.LayerEntry;
import dev.phosphene.visualize.atlas.AtlasIndex.LeftOut;
import dev.phosphene.visualize.photo.PhotoFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A folder with a picture of every filter of many layers.
 *
 * <pre>{@code
 * Atlas atlas = Atlas.open(ActivationMaximization.of(model), folder);
 * atlas.photos(PhotoFolder.open(photos), 9);
 * atlas.make(Atlas.plan(LayerSelection.usual(model, false)));
 * }</pre>
 *
 * <p>Each layer is compiled once, its pictures made several at a time, and each finished batch
 * written at once, pictures first and then the index. So the work can be ended at any time and
 * continued: what is in the index, and whose file carries the same record, is not made again. Where
 * several machines work, each can {@link LayerPictures#make} a part of the plan, and one {@link
 * #add}s what they give.
 */
public final class Atlas {
  private final ActivationMaximization run;
  private final AtlasFiles files;
  private final AtlasSettings settings;
  private final Map<String, LayerEntry> layers = new LinkedHashMap<>();
  private List<LeftOut> leftOut;
  private AtlasIndex.@Nullable Photos photosEntry;
  private @Nullable AtlasPhotos photos;
  private final List<Listener> listeners = new ArrayList<>();

  /** Is told how the work goes, on the thread that does it. */
  public interface Listener {
    /** Called after each batch of photos. */
    default void onPhotos(int done, int all) {}

    /**
     * Called before the pictures of a layer.
     *
     * @param number of the layer, from 1
     * @param missing what is still to be made of it
     * @param kept how many of its pictures are there
     */
    default void onLayer(int number, int layers, LayerWork missing, int kept) {}

    /**
     * Called when the work on a layer has ended, and it is in the index.
     *
     * @param layer as it stands: with a problem where it could not be visualized
     */
    default void onLayerEnd(int number, int layers, LayerEntry layer) {}
  }

  /**
   * What became of a plan.
   *
   * @param made pictures
   * @param kept pictures that were there
   * @param failed layers that have a problem
   * @param interrupted whether the thread was, so that there is more to make
   * @param photosSkipped why the first photo that could not be read could not; empty where all were
   */
  public record Result(
      int made,
      int kept,
      List<LayerEntry> failed,
      boolean interrupted,
      Optional<String> photosSkipped) {}

  private Atlas(ActivationMaximization run, AtlasFiles files, Optional<AtlasIndex> before) {
    this.run = run;
    this.files = files;
    this.settings = AtlasSettings.of(run);
    this.photosEntry = before.map(AtlasIndex::photos).orElse(null);
    this.leftOut = before.map(AtlasIndex::leftOut).orElse(List.of());
    before.ifPresent(
        index ->
            index.layers().stream()
                .filter(this::isOfTheModel)
                .forEach(layer -> layers.put(layer.name(), layer)));
  }

  /** Whether an index speaks of a layer as it would be written. */
  private boolean isOfTheModel(LayerEntry entry) {
    try {
      Layer layer = run.model().layers().find(entry.name());
      return layer.name().equals(entry.name()) && AtlasFiles.layer(layer).equals(entry.folder());
    } catch (PhospheneException unknown) {
      return false;
    }
  }

  /**
   * Opens the atlas in a folder, or begins one.
   *
   * @param run model, recipe, seed and all other settings; its layer and filters are changed
   * @param folder that exists, empty or with an atlas
   * @throws PhospheneException where the folder has an atlas with other settings or anything else,
   *     pictures of the recipe depend on each other, or the recipe cannot be recorded
   */
  public static Atlas open(ActivationMaximization run, Path folder) {
    if (run.recipe().parameterization().isShared()
        || run.recipe().losses().stream().anyMatch(each -> each.loss().spansPictures())) {
      throw new PhospheneException(
          "The pictures of an atlas are made by themselves, and those of this recipe share a part or a loss; make them with: phosphene activate");
    }
    AtlasFiles files = new AtlasFiles(folder);
    Optional<AtlasIndex> before = files.index();
    Atlas atlas = new Atlas(run, files, before);
    before.ifPresent(
        index -> {
          List<String> differences = index.settings().differences(atlas.settings);
          if (!differences.isEmpty()) {
            throw new PhospheneException(
                "%s: has an atlas made otherwise (%s); choose another folder, or make it with the same model and options"
                    .formatted(folder, String.join("; ", differences)));
          }
        });
    return atlas;
  }

  /** Compares pictures with photos from now on, and shows the most exciting ones. */
  public Atlas photos(PhotoFolder folder, int top) {
    if (top < 1) {
      throw new PhospheneException("Expected 1 photo or more beside each picture, found " + top);
    }
    photos = new AtlasPhotos(folder, top, run);
    return this;
  }

  /** Adds a callback; callbacks are called in the order in which they were added. */
  public Atlas onProgress(Listener listener) {
    listeners.add(listener);
    return this;
  }

  /** All filters of all layers of a selection. */
  public static List<LayerWork> plan(LayerSelection selection) {
    return selection.targets().stream()
        .map(target -> new LayerWork(target, IntStream.range(0, target.filters()).boxed().toList()))
        .toList();
  }

  /** Notes which layers are not shown, and why. */
  public void leaveOut(List<LeftOut> layersAndReasons) {
    leftOut = List.copyOf(layersAndReasons);
  }

  /** The part of a work that is not done. */
  public LayerWork missing(LayerWork work) {
    return new LayerWork(
        work.target(),
        work.filters().stream().filter(filter -> !isThere(work.target().layer(), filter)).toList());
  }

  private boolean isThere(Layer layer, int filter) {
    String file = AtlasFiles.picture(AtlasFiles.layer(layer), filter);
    return Optional.ofNullable(layers.get(layer.name()))
        .flatMap(entry -> entry.picture(filter))
        .filter(entry -> entry.file().equals(file))
        .flatMap(entry -> files.record(file))
        .filter(record -> isOf(record, layer, filter))
        .isPresent();
  }

  private boolean isOf(RunRecord record, Layer layer, int filter) {
    return AtlasSettings.of(record).differences(settings).isEmpty()
        && record.layer().equals(layer.name())
        && record.pictures().equals(List.of(List.of(filter)));
  }

  /**
   * Makes what is missing of a plan. A layer that cannot be visualized is noted in the index, and
   * the work goes on. Where the thread is interrupted, it stops after the step under way, keeps all
   * that is finished, and leaves the thread's interrupt set.
   *
   * @throws PhospheneException where photos cannot be measured or a file cannot be written
   */
  public Result make(List<LayerWork> plan) {
    writeIndex();
    if (photos != null
        && !photos.measure(
            plan.stream().map(LayerWork::target).toList(),
            (done, all) -> listeners.forEach(each -> each.onPhotos(done, all)))) {
      return new Result(0, 0, List.of(), true, Optional.empty());
    }
    notePhotos();
    int made = 0;
    int kept = 0;
    List<LayerEntry> failed = new ArrayList<>();
    for (int i = 0; i < plan.size() && !Thread.currentThread().isInterrupted(); i++) {
      int number = i + 1;
      LayerWork missing = missing(plan.get(i));
      int there = plan.get(i).filters().size() - missing.filters().size();
      listeners.forEach(each -> each.onLayer(number, plan.size(), missing, there));
      kept += there;
      made += make(missing);
      LayerEntry entry = finish(missing);
      if (!entry.problem().isEmpty()) {
        failed.add(entry);
      }
      listeners.forEach(each -> each.onLayerEnd(number, plan.size(), entry));
    }
    return new Result(
        made,
        kept,
        failed,
        Thread.currentThread().isInterrupted(),
        Optional.ofNullable(photos).flatMap(AtlasPhotos::firstSkipped));
  }

  /**
   * Photos of layers that are not in the plan stand only as long as they are of the same folder.
   */
  private void notePhotos() {
    if (photos != null) {
      AtlasIndex.Photos now = photos.entry();
      if (!now.equals(photosEntry)) {
        layers.replaceAll(
            (name, layer) ->
                layer.withPictures(
                    layer.pictures().stream().map(each -> each.with(null, List.of())).toList()));
      }
      photosEntry = now;
    }
  }

  /** Makes the pictures of a layer, and tells how many. */
  private int make(LayerWork missing) {
    LayerEntry layer = entry(missing.target().layer());
    // What is to be made may be there in part, from other settings or without its file.
    layers.put(
        layer.name(),
        layer
            .withProblem("")
            .withPictures(
                layer.pictures().stream()
                    .filter(each -> !missing.filters().contains(each.filter()))
                    .toList()));
    if (missing.filters().isEmpty()) {
      return 0;
    }
    int before = layers.get(layer.name()).pictures().size();
    try {
      new LayerPictures(run, files)
          .make(missing, entries -> add(missing.target().layer(), entries));
    } catch (LayerPictures.UnwritableException e) {
      throw e;
    } catch (PhospheneException e) {
      layers.computeIfPresent(
          layer.name(), (name, each) -> each.withProblem(String.valueOf(e.getMessage())));
    }
    return layers.get(layer.name()).pictures().size() - before;
  }

  private LayerEntry entry(Layer layer) {
    return layers.computeIfAbsent(
        layer.name(),
        name ->
            new LayerEntry(
                layer.index(),
                name,
                layer.kind(),
                shape(layer),
                Math.toIntExact(layer.filters().orElse(0)),
                AtlasFiles.layer(layer),
                List.of(),
                "",
                List.of()));
  }

  /** The shape of a layer's output for one picture, with the sizes that the pictures make. */
  private String shape(Layer layer) {
    try {
      return run.model()
          .withMainShape(run.inputShape())
          .layers()
          .find(layer.name())
          .shape()
          .toString();
    } catch (PhospheneException unfit) {
      return layer.shape().toString(); // what does not fit is said when pictures are made
    }
  }

  /** Adds pictures that were made and written, and writes the index. */
  public void add(Layer layer, List<FilterEntry> pictures) {
    layers.put(layer.name(), entry(layer).with(pictures));
    writeIndex();
  }

  /**
   * What a layer gets when its pictures are there: photos, and sheets where they are not as new.
   */
  private LayerEntry finish(LayerWork made) {
    LayerEntry layer = layers.get(made.target().layer().name());
    if (photos != null) {
      layer = photos.beside(layer, files);
    }
    boolean isWhole =
        made.filters().isEmpty()
            && !layer.sheets().isEmpty()
            && layer.sheets().stream().allMatch(sheet -> Files.exists(files.path(sheet)));
    if (!isWhole) {
      layer = layer.withSheets(LayerSheets.write(layer, files));
    }
    layers.put(layer.name(), layer);
    writeIndex();
    return layer;
  }

  /** What is in the atlas now. */
  public AtlasIndex index() {
    Map<String, LayerEntry> open = new LinkedHashMap<>(layers);
    List<LayerEntry> inOrder = new ArrayList<>();
    for (Layer layer : run.model().layers().layers()) {
      Optional.ofNullable(open.remove(layer.name())).ifPresent(inOrder::add);
    }
    inOrder.addAll(open.values()); // such as have a name and no place in the layer table
    return new AtlasIndex(
        Version.CURRENT,
        settings,
        photosEntry,
        inOrder,
        leftOut.stream().filter(each -> !layers.containsKey(each.layer())).toList());
  }

  /** The files of the atlas. */
  public AtlasFiles files() {
    return files;
  }

  private void writeIndex() {
    files.write(AtlasFiles.INDEX, AtlasJson.write(index()));
  }
}
