package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.rewrite.SinglePrecision;
import dev.phosphene.model.file.FileFormat;
import dev.phosphene.model.file.ModelFile;
import dev.phosphene.model.keras.KerasReader;
import dev.phosphene.model.keras.layer.KerasLayers;
import dev.phosphene.model.onnx.OnnxReader;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A trained network as a file holds it, with what a person knows of it: its layers, what its input
 * is, what its classes are called.
 *
 * <p>Weights stay in the mapped file; the file must not change while the model is in use. Safe for
 * use by several threads.
 */
public final class Model {
  private static final int READ_AT_ONCE = 1 << 16;

  private final Path path;
  private final String name;
  private final ModelFile file;

  /** As the file has it. */
  private final Graph graph;

  private @Nullable Graph computed;
  private final ModelNotes metadata;
  private final ModelNotes sidecar;
  private final Map<String, Activation> activations;
  private final @Nullable List<String> givenLabels;
  private final GivenInputs given;
  private @Nullable LayerTable layers;
  private @Nullable LayerTable sized;
  private final Object hashing = new Object(); // ten seconds a gigabyte: nothing else waits for it
  private @Nullable String sha256;

  private Model(Path path, String name, ModelFile file) {
    this.path = path;
    this.name = name;
    this.file = file;
    this.graph = file.graph();
    this.metadata = ModelNotes.ofMetadata(file.metadata());
    this.sidecar = ModelNotes.ofSidecar(path);
    this.activations = Map.of();
    this.givenLabels = null;
    this.given = GivenInputs.NONE;
  }

  /** The same model but for what is given here. */
  private Model(
      Model other,
      Graph graph,
      @Nullable LayerTable layers,
      Map<String, Activation> activations,
      @Nullable List<String> labels,
      GivenInputs given) {
    this.path = other.path;
    this.name = other.name;
    this.file = other.file;
    this.graph = graph;
    this.computed = graph == other.graph ? other.computed : null;
    this.metadata = other.metadata;
    this.sidecar = other.sidecar;
    this.activations = activations;
    this.givenLabels = labels;
    this.given = given;
    this.layers = layers;
  }

  /**
   * Opens a model file: ONNX, a {@code .keras} archive, a whole Keras model in HDF5, or a Keras
   * architecture in JSON with its weights beside it. Its content says which it is.
   *
   * @throws PhospheneException where it cannot be read, or its sidecar {@code MODEL.phosphene.json}
   *     is malformed
   */
  public static Model open(Path path) {
    return open(path, path.toString());
  }

  /**
   * Opens a model file that the user knows by another name.
   *
   * @param name what messages and records call it
   * @throws PhospheneException as {@link #open(Path)}
   */
  public static Model open(Path path, String name) {
    return open(path, name, KerasLayers.STANDARD);
  }

  /**
   * Opens a model file that may have layers of the user's own.
   *
   * @param table what is known of Keras' layers: {@code KerasLayers.STANDARD.with("MyLayer", ...)}
   * @throws PhospheneException as {@link #open(Path)}
   */
  public static Model open(Path path, String name, KerasLayers table) {
    ModelFile file =
        FileFormat.of(path) == FileFormat.ONNX
            ? OnnxReader.read(path).file()
            : KerasReader.read(path, table);
    return new Model(path, name, file);
  }

  /**
   * Opens a Keras architecture in JSON, as {@code model.to_json()} gives it, with weights in HDF5.
   *
   * @throws PhospheneException as {@link #open(Path)}
   */
  public static Model open(Path architecture, Path weights, KerasLayers table) {
    ModelFile file = KerasReader.read(architecture, weights, table);
    return new Model(architecture, architecture.toString(), file);
  }

  public Path path() {
    return path;
  }

  /** What messages and records call the model: its path, where it was given no other name. */
  public String name() {
    return name;
  }

  /** The network, in float32 where the file has float16, bfloat16 or float64 that needs it. */
  public synchronized Graph graph() {
    if (computed == null) {
      computed = SinglePrecision.of(graph);
    }
    return computed;
  }

  /** Notes that the file holds on the whole model, by key. */
  public Map<String, String> metadata() {
    return file.metadata();
  }

  /** Name and version of the program that wrote the file; empty where it does not say. */
  public String producer() {
    return file.producer();
  }

  /**
   * The layers that a user can point at; their shapes as those that were given of inputs make them.
   *
   * @throws PhospheneException where shapes or values that were given contradict the network
   */
  public synchronized LayerTable layers() {
    if (sized == null) {
      sized = SizedLayers.of(this, listed());
    }
    return sized;
  }

  /** The layers of the file, with the shapes that it tells. */
  private synchronized LayerTable listed() {
    if (layers == null) {
      layers =
          file.layers()
              .map(named -> NamedLayers.of(graph, named, name))
              .orElseGet(() -> Layers.of(graph, name));
    }
    return layers;
  }

  /**
   * This model with another activation at the end of a layer: in the place of the one that the
   * layer has, else added after the layer, so that whatever reads the layer reads the activation.
   * Layers keep their names and indices; the file, its hash and its weights are the same.
   *
   * <p>An activation that the file has as several operators, such as x * Sigmoid(x), is not
   * recognised: the other one is added after it.
   *
   * @param layer as {@link LayerTable#find} takes it
   * @throws PhospheneException where there is no such layer, it is an input, does not give
   *     floating-point numbers, or has no filters for a softmax
   */
  public Model withActivation(String layer, Activation activation) {
    LayerTable table = listed();
    Layer found = table.find(layer);
    Set<String> others =
        table.layers().stream().map(Layer::output).collect(Collectors.toUnmodifiableSet());
    ActivationExchange exchange = ActivationExchange.at(graph, found, others, activation);
    if (exchange.isWholeLayer()) {
      table = table.withKind(found.index(), exchange.kind());
    }
    Map<String, Activation> exchanged = new LinkedHashMap<>(activations);
    exchanged.remove(found.name());
    exchanged.put(found.name(), activation);
    return new Model(
        this, exchange.result(), table, Collections.unmodifiableMap(exchanged), givenLabels, given);
  }

  /**
   * The activations that were exchanged, by name of the layer, in the order in which they were:
   * done again on the file's model, {@link #withActivation} gives this one.
   */
  public Map<String, Activation> activations() {
    return activations;
  }

  /**
   * What the input that is looked at is: as the model's metadata or the sidecar say, else as
   * assumed.
   *
   * @throws PhospheneException where no input takes numbers, or the notes on it are malformed
   */
  public InputContract inputContract() {
    return InputContracts.of(graph(), input(mainInput()), List.of(metadata, sidecar));
  }

  /**
   * Name of the input that is looked at, all others being held: as said by {@link #withMainInput}
   * or the sidecar, else the one that most looks like a batch of pictures; in a model of text, that
   * of tokens.
   *
   * @throws PhospheneException where no input takes numbers, or all that do are held
   */
  public String mainInput() {
    if (!given.main().isEmpty()) {
      return given.main();
    }
    Optional<String> noted = sidecar.input().or(metadata::input);
    if (noted.isPresent() && !given.held().containsKey(noted.get())) {
      return given.withMain(graph(), name, noted.get()).main();
    }
    return MainInput.of(graph(), name, given.held().keySet()).name();
  }

  /**
   * The one of some inputs that {@link #mainInput()} would choose among them.
   *
   * @throws PhospheneException where none of them takes numbers
   */
  public String mainInput(Collection<String> among) {
    String usual = mainInput();
    Set<String> others = graph().inputs().stream().map(Value::name).collect(Collectors.toSet());
    others.removeAll(among);
    return among.contains(usual) ? usual : MainInput.of(graph(), name, others).name();
  }

  /**
   * This model looked at through another input.
   *
   * @throws PhospheneException where there is no such input
   */
  public Model withMainInput(String input) {
    return with(given.withMain(graph(), name, input));
  }

  /**
   * This model with an input held at a value: it is a constant of the network.
   *
   * @param input its name
   * @param value in the shape of the input, or with one element along its batch axis for batches of
   *     any size; numbers are converted to the input's type
   * @throws PhospheneException where there is no such input, the shape does not fit, or the input
   *     takes whole numbers and the array has others
   */
  public Model withInput(String input, Tensor value) {
    return with(given.withHeld(graph(), name, input, value));
  }

  /**
   * This model with sizes for what it leaves open in the shape of an input.
   *
   * @param input its name
   * @param shape of all its axes
   * @throws PhospheneException where there is no such input, the model or other inputs fix another
   *     size, or there are more elements than memory can hold
   */
  public Model withShape(String input, Shape shape) {
    return with(given.withShape(graph(), name, input, shape));
  }

  /**
   * This model for a main input of this shape: where it leaves more open than the number of
   * pictures, its layers get the sizes that they have for such an input.
   *
   * @throws PhospheneException as {@link #withShape}
   */
  public Model withMainShape(Shape shape) {
    Value main = input(mainInput());
    boolean isOpen =
        !main.shape().isRankKnown()
            || main.shape().dimensions().stream().skip(1).anyMatch(axis -> !axis.isKnown());
    if (isOpen) {
      return withShape(main.name(), shape);
    }
    InputValue.requireFitting(main, shape);
    return this;
  }

  private Model with(GivenInputs inputs) {
    return new Model(this, graph, listed(), activations, givenLabels, inputs);
  }

  /** Values of inputs that are held, by name, as {@link #withInput} took them. */
  public Map<String, Tensor> heldInputs() {
    return given.held();
  }

  /** Shapes of inputs, by name, as {@link #withShape} took them. */
  public Map<String, Shape> inputShapes() {
    return given.shapes();
  }

  /** An input with all that is known of its shape. */
  public Value input(String input) {
    return given.known(graph(), input);
  }

  /** Where whole numbers at the main input become numbers that gradients flow to. */
  public Optional<Embedding> embedding() {
    String main = mainInput();
    return Embedding.of(graph(), main);
  }

  GivenInputs given() {
    return given;
  }

  /** The number that fills an input that is not given. */
  double fill(String input) {
    return sidecar
        .fill(input)
        .or(() -> metadata.fill(input))
        .orElseGet(() -> HeldInputs.usualFill(input));
  }

  /** This model with other names of its classes. */
  public Model withLabels(List<String> labels) {
    return new Model(this, graph, listed(), activations, List.copyOf(labels), given);
  }

  /**
   * Names of the classes in the order of the outputs: those given, else as the sidecar or the
   * model's metadata say; empty where they are not noted.
   */
  public List<String> labels() {
    if (givenLabels != null) {
      return givenLabels;
    }
    return sidecar.labels().isEmpty() ? metadata.labels() : sidecar.labels();
  }

  /**
   * SHA-256 of the model file, in lower-case hexadecimal digits; of external data files only what
   * the model file says of them is in it.
   *
   * @throws PhospheneException where the file cannot be read any more
   */
  public String sha256() {
    synchronized (hashing) {
      if (sha256 == null) {
        sha256 = hash(path);
      }
      return sha256;
    }
  }

  private static String hash(Path path) {
    try (InputStream content = Files.newInputStream(path)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[READ_AT_ONCE];
      for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
        digest.update(buffer, 0, count);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new PhospheneException("Cannot read model %s: %s".formatted(path, e.getMessage()), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
