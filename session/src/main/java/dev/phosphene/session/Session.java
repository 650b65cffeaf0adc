package dev.phosphene.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.Verification;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.blocked.BlockedLayout;
import dev.phosphene.graph.rewrite.blocked.ConvolutionAlgorithm;
import dev.phosphene.model.onnx.OnnxWriter;
import dev.phosphene.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A graph compiled by ONNX Runtime, ready to run.
 *
 * <p>Weights that were read from a file are mapped from there by the runtime, and are in memory
 * once: in the form in which its kernels want them, or as they lie in the file. Others are copied.
 *
 * <p>Several threads may call {@link #run} at once. {@link #close} waits for runs under way and
 * releases everything for certain; it may be called twice, any other use after it is an {@link
 * IllegalStateException}.
 */
public final class Session implements AutoCloseable {
  /**
   * Weights of more bytes are not kept in a second, packed form for each product that they are in:
   * for vgg16 with its gradient, packed forms take 0.8 GB more, and a product with few rows is
   * bound by reading its weight once in either form (alexnet was measured no slower).
   */
  private static final int LARGEST_PACKED = 32 << 20;

  /**
   * Kernels of more bytes together stay in their files, from which the runtime maps them: in
   * another layout they would be copies, of which some are there twice while a session is made.
   */
  private static final long LARGEST_ARRANGED = 512L << 20;

  /** Filters, channels, height and width; other weights have no other layout. */
  private static final int KERNEL_RANK = 4;

  /** Where a model that is not a file has its external data. */
  private static final String EXTERNAL_DATA_FOLDER =
      "session.model_external_initializers_file_folder_path";

  private final List<Value> inputs;
  private final List<Value> outputs;
  private final Signature signature;
  private final OrtEnvironment environment;
  private final OrtSession.SessionOptions options;
  private final OrtSession session;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final @Nullable RuntimeProfile profile;
  private volatile boolean planned;
  private boolean closed;

  private Session(
      Graph graph,
      OrtEnvironment environment,
      OrtSession.SessionOptions options,
      OrtSession session,
      @Nullable RuntimeProfile profile) {
    this.inputs = graph.inputs();
    this.outputs = graph.outputs().stream().map(graph::value).toList();
    this.signature = new Signature(graph.inputs());
    this.environment = environment;
    this.options = options;
    this.session = session;
    this.profile = profile;
  }

  /**
   * Compiles a graph for its outputs.
   *
   * @throws UnsupportedKernelException where the runtime has no kernel for an operator's types
   * @throws PhospheneException where the runtime refuses the graph; the message names the node
   */
  public static Session compile(Graph graph, SessionSettings settings) {
    Verification.verify(graph);
    Graph told = settings.profiled() ? named(graph) : graph;
    Optional<OnnxWriter.Detached> kept = kept(told, settings);
    if (kept.isPresent()) {
      try {
        return create(graph, kept.get(), settings);
      } catch (PhospheneException gone) {
        // Another process may have deleted the file since; if it is not that, it fails again.
      }
    }
    return create(graph, OnnxWriter.detach(arranged(told, settings)), settings);
  }

  private static Optional<OnnxWriter.Detached> kept(Graph graph, SessionSettings settings) {
    if (settings.cache().isEmpty() || !isToBeArranged(graph, settings)) {
      return Optional.empty();
    }
    List<String> circumstances =
        List.of(
            runtime().getVersion(),
            settings.optimization().name(),
            String.valueOf(ChannelBlock.size()),
            String.valueOf(BlockedLayout.mostArranged()));
    return settings.cache().get().get(graph, circumstances, () -> arranged(graph, settings));
  }

  private static Session create(
      Graph graph, OnnxWriter.Detached detached, SessionSettings settings) {
    OrtEnvironment environment = runtime();
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    RuntimeProfile profile = settings.profiled() ? new RuntimeProfile() : null;
    try (LentWeights weights = new LentWeights(environment)) {
      environment.setTelemetry(false);
      configure(options, settings);
      if (profile != null) {
        options.enableProfiling(profile.prefix());
      }
      if (detached.largest() > LARGEST_PACKED) {
        options.addConfigEntry("session.disable_prepacking", "1");
      }
      if (detached.folder().isPresent()) {
        options.addConfigEntry(EXTERNAL_DATA_FOLDER, detached.folder().get().toString());
      }
      options.addExternalInitializers(weights.lend(detached.weights()));
      OrtSession session = environment.createSession(detached.model(), options);
      return new Session(graph, environment, options, session, profile);
    } catch (OrtException failure) {
      discard(options, profile);
      throw RuntimeFailure.compiling(failure);
    } catch (RuntimeException | Error failure) {
      discard(options, profile);
      throw failure;
    }
  }

  private static void discard(OrtSession.SessionOptions options, @Nullable RuntimeProfile profile) {
    options.close();
    if (profile != null) {
      profile.close();
    }
  }

  /**
   * Loads the runtime, unless it is loaded. It takes a fifth of a second; whoever is to compile may
   * have it done on another thread before.
   */
  public static void load() {
    ChannelBlock.size();
  }

  /** The process's one runtime; all who ask must ask with the same words, or it warns. */
  static OrtEnvironment runtime() {
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "phosphene");
  }

  private static boolean isToBeArranged(Graph graph, SessionSettings settings) {
    boolean isWanted =
        settings.optimization().compareTo(SessionSettings.Optimization.BLOCKED_LAYOUT) >= 0
            && !settings.device().isCuda()
            && ChannelBlock.size() > 0;
    long kernels =
        graph.constants().values().stream()
            .filter(each -> each.rank() == KERNEL_RANK)
            .mapToLong(each -> each.bytes().remaining())
            .sum();
    return isWanted && kernels <= LARGEST_ARRANGED;
  }

  /** The graph as the runtime is to have it. */
  private static Graph arranged(Graph graph, SessionSettings settings) {
    Graph arranged =
        isToBeArranged(graph, settings)
            ? BlockedLayout.of(
                graph,
                ChannelBlock.size(),
                settings.optimization() == SessionSettings.Optimization.ALL
                    ? ConvolutionAlgorithm.FASTEST
                    : ConvolutionAlgorithm.DIRECT,
                StandardOperators.table())
            : graph;
    return DepthOrder.of(arranged);
  }

  /** A profile tells nodes by their names: those without one get that of what they give. */
  private static Graph named(Graph graph) {
    List<Node> nodes =
        graph.nodes().stream()
            .map(node -> node.name().isEmpty() ? node.withName(node.output(0)) : node)
            .toList();
    return new Graph(graph.inputs(), graph.outputs(), nodes, graph.constants(), graph.values());
  }

  private static void configure(OrtSession.SessionOptions options, SessionSettings settings)
      throws OrtException {
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    options.setIntraOpNumThreads(settings.actualThreads());
    options.setInterOpNumThreads(1);
    options.setOptimizationLevel(
        switch (settings.optimization()) {
          case NONE -> OrtSession.SessionOptions.OptLevel.NO_OPT;
          case BASIC -> OrtSession.SessionOptions.OptLevel.BASIC_OPT;
          case EXTENDED -> OrtSession.SessionOptions.OptLevel.EXTENDED_OPT;
          case RUNTIME_LAYOUT, BLOCKED_LAYOUT, ALL -> OrtSession.SessionOptions.OptLevel.ALL_OPT;
        });
    options.addConfigEntry("session.intra_op.allow_spinning", settings.spinning() ? "1" : "0");
    if (settings.device().isCuda()) {
      useCuda(options, settings.device());
    }
  }

  private static void useCuda(OrtSession.SessionOptions options, Device device) {
    try {
      options.addCUDA(device.index());
    } catch (OrtException notThere) {
      throw new PhospheneException(
          "There is no device %s here: it needs an NVIDIA GPU with CUDA, and Phosphene built with mvn -P cuda; leave --device out to compute on the processor"
              .formatted(device),
          notThere);
    }
  }

  /** The inputs that {@link #run} takes, in the graph's order. */
  public List<Value> inputs() {
    return inputs;
  }

  /** The outputs that {@link #run} gives, in the graph's order. */
  public List<Value> outputs() {
    return outputs;
  }

  /**
   * Computes all outputs.
   *
   * @param given a tensor for each input by its name; those in native memory are not copied
   * @return a tensor on the heap for each output by its name, in the graph's order
   * @throws PhospheneException where an input is missing or does not fit, or a node fails
   */
  public Map<String, Tensor> run(Map<String, Tensor> given) {
    return run(given, outputs.stream().map(Value::name).toList());
  }

  /**
   * Computes some of the outputs. The whole graph may be run for them.
   *
   * @param given a tensor for each input by its name
   * @param wanted names of outputs
   */
  public Map<String, Tensor> run(Map<String, Tensor> given, Collection<String> wanted) {
    signature.check(given);
    Map<String, OnnxTensor> lent = new LinkedHashMap<>();
    lock.readLock().lock();
    try {
      requireOpen();
      for (Map.Entry<String, Tensor> input : given.entrySet()) {
        Tensor tensor = input.getValue();
        ByteBuffer content = Transfer.direct(tensor);
        lent.put(
            input.getKey(), Transfer.lend(environment, tensor.type(), tensor.sizes(), content));
      }
      try (OrtSession.Result result = session.run(lent, Set.copyOf(wanted))) {
        Map<String, Tensor> computed = new LinkedHashMap<>();
        for (String name : wanted) {
          computed.put(name, Transfer.take(name, tensor(result, name)));
        }
        return computed;
      }
    } catch (OrtException failure) {
      throw RuntimeFailure.running(failure);
    } finally {
      lent.values().forEach(OnnxTensor::close);
      lock.readLock().unlock();
    }
  }

  private static OnnxTensor tensor(OrtSession.Result result, String name) {
    OnnxValue value = result.get(name).orElseThrow();
    if (value instanceof OnnxTensor tensor) {
      return tensor;
    }
    throw new PhospheneException(
        "Output \"%s\" should be a tensor, found %s".formatted(name, value.getType()));
  }

  /**
   * Prepares to run the same shapes many times, with buffers for inputs and outputs that are made
   * once.
   *
   * @throws PhospheneException where the shape of an input or output is not completely known
   */
  public Step step() {
    return new Step(this);
  }

  /**
   * How long each node took in the runs so far; later ones are not counted.
   *
   * @throws IllegalStateException where the session was not compiled for it, or was asked before
   */
  public List<NodeTime> profile() {
    if (profile == null) {
      throw new IllegalStateException("This session notes no times; compile it to be profiled");
    }
    lock.writeLock().lock();
    try {
      requireOpen();
      return profile.read(Path.of(session.endProfiling()));
    } catch (OrtException failure) {
      throw RuntimeFailure.running(failure);
    } finally {
      lock.writeLock().unlock();
    }
  }

  OrtEnvironment environment() {
    return environment;
  }

  /** Runs with tensors that stand ready on both sides. */
  void run(Map<String, OnnxTensorLike> given, Map<String, OnnxTensor> results) {
    if (!planned && runFirst(given, results)) {
      return;
    }
    lock.readLock().lock();
    try {
      requireOpen();
      session.run(given, results).close();
    } catch (OrtException failure) {
      throw RuntimeFailure.running(failure);
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * The runtime gives each array of the first run memory of its own, and plans one block for all of
   * them from then on. Without this it would keep both: so this run is alone, and gives its memory
   * back.
   *
   * @return whether it was the first
   */
  private boolean runFirst(Map<String, OnnxTensorLike> given, Map<String, OnnxTensor> results) {
    lock.writeLock().lock();
    try (OrtSession.RunOptions freeing = new OrtSession.RunOptions()) {
      requireOpen();
      if (planned) {
        return false;
      }
      freeing.addRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
      session.run(given, Set.of(), results, freeing).close();
      planned = true;
      return true;
    } catch (OrtException failure) {
      throw RuntimeFailure.running(failure);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("This session is closed");
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        session.close();
        discard(options, profile);
      }
    } catch (OrtException failure) {
      throw RuntimeFailure.running(failure);
    } finally {
      lock.writeLock().unlock();
    }
  }
}
