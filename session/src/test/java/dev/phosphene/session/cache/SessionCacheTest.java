package dev.phosphene.session.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.onnx.OnnxReader;
import dev.phosphene.model.onnx.OnnxWriter;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network of two convolutions, whose kernels are arranged, and what is kept of it. */
class SessionCacheTest {
  private static final int CHANNELS = 32;
  private static final List<String> CIRCUMSTANCES = List.of("here");

  @TempDir Path folder;
  private final List<String> notes = new ArrayList<>();
  private final AtomicInteger arrangements = new AtomicInteger();
  private SessionCache cache;

  @BeforeEach
  void open() {
    cache = SessionCache.in(folder.resolve("made/when needed"), notes::add);
  }

  private static Graph network(float first, long stride) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(1, 3, 16, 16));
    Value h = builder.apply("Relu", convolution(builder, x, kernel(3, first), 1));
    Value y = convolution(builder, h, kernel(CHANNELS, 0), stride);
    return builder.build(List.of(builder.apply("Tanh", y).name()));
  }

  private static Value convolution(GraphBuilder builder, Value x, Tensor kernel, long stride) {
    return builder.apply(
        "Conv",
        Attributes.of(
            "kernel_shape", new long[] {3, 3},
            "pads", new long[] {1, 1, 1, 1},
            "strides", new long[] {stride, stride}),
        x,
        builder.constant(kernel));
  }

  private static Tensor kernel(int channels, float first) {
    float[] values = random(CHANNELS * channels * 9, channels);
    values[0] = first;
    return Tensor.of(values, CHANNELS, channels, 3, 3);
  }

  private static float[] random(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() / 8;
    }
    return values;
  }

  private Optional<OnnxWriter.Detached> get(Graph graph) {
    return cache.get(
        graph,
        CIRCUMSTANCES,
        () -> {
          arrangements.incrementAndGet();
          return graph;
        });
  }

  private static float[] run(Graph graph, SessionSettings settings) {
    try (Session session = Session.compile(graph, settings)) {
      Tensor x = Tensor.of(random(3 * 16 * 16, 7), 1, 3, 16, 16);
      return session.run(Map.of("x", x)).get(graph.outputs().get(0)).toFloats();
    }
  }

  private SessionSettings cached() {
    return SessionSettings.SMALL.withCache(cache);
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("made/when needed"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void resultsAreTheSameToTheLastBit() throws IOException {
    Graph graph = network(0, 1);
    float[] plain = run(graph, SessionSettings.SMALL);
    assertThat(run(graph, cached())).isEqualTo(plain);
    assertThat(kept()).hasSize(1);
    FileTime written = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    Files.setLastModifiedTime(kept().get(0), written);
    assertThat(run(graph, cached())).isEqualTo(plain);
    assertThat(kept()).hasSize(1);
    assertThat(Files.getLastModifiedTime(kept().get(0)))
        .as("when it was used")
        .isNotEqualTo(written);
    assertThat(notes).isEmpty();
  }

  @Test
  void isArrangedOnceAndThenMapped() {
    assertThat(get(network(0, 1))).isPresent();
    OnnxWriter.Detached again = get(network(0, 1)).orElseThrow();
    assertThat(arrangements).hasValue(1);
    assertThat(again.weights()).isEmpty();
    assertThat(again.folder()).isPresent();
    assertThat(again.largest()).isEqualTo(4L * CHANNELS * CHANNELS * 9);
  }

  @Test
  void whatIsDifferentIsKeptByItself() throws IOException {
    get(network(0, 1));
    get(network(1, 1));
    get(network(0, 2));
    assertThat(arrangements).hasValue(3);
    cache.get(network(0, 1), List.of("elsewhere"), () -> network(0, 1));
    assertThat(kept()).hasSize(4);
    assertThat(run(network(1, 1), cached()))
        .isEqualTo(run(network(1, 1), SessionSettings.SMALL))
        .isNotEqualTo(run(network(0, 1), cached()));
  }

  @Test
  void settingsOfTheArrangementAreToldApart() throws IOException {
    SessionSettings.Optimization blocked = SessionSettings.Optimization.BLOCKED_LAYOUT;
    run(network(0, 1), cached());
    run(network(0, 1), cached().withOptimization(blocked));
    assertThat(kept()).hasSize(2);
  }

  @Test
  void nothingIsKeptOfWhatIsNotArranged() throws IOException {
    run(network(0, 1), cached().withOptimization(SessionSettings.Optimization.EXTENDED));
    assertThat(kept()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3, 0.99, 1})
  void aDamagedFileIsWrittenAnew(double place) throws IOException {
    requireWrittenAnew(
        content -> {
          byte[] damaged = content.clone();
          damaged[(int) (place * (content.length - 1))] ^= 4;
          return damaged;
        });
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.0001, 0.3, 0.999})
  void aFileCutShortIsWrittenAnew(double share) throws IOException {
    requireWrittenAnew(content -> Arrays.copyOf(content, (int) (share * content.length)));
  }

  private void requireWrittenAnew(UnaryOperator<byte[]> change) throws IOException {
    float[] plain = run(network(0, 1), cached());
    Path file = kept().get(0);
    byte[] content = Files.readAllBytes(file);
    Files.write(file, change.apply(content));
    assertThat(run(network(0, 1), cached())).isEqualTo(plain);
    assertThat(Files.readAllBytes(file)).isEqualTo(content);
  }

  @Test
  void aFileOfAnotherGraphIsWrittenAnew() throws IOException {
    float[] plain = run(network(0, 1), cached());
    Path file = kept().get(0);
    run(network(1, 1), cached());
    Path other = kept().get(kept().get(0).equals(file) ? 1 : 0);
    Files.copy(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(run(network(0, 1), cached())).isEqualTo(plain);
  }

  @Test
  void weightsOfTheModelsFileStayThere() throws IOException {
    Path model = folder.resolve("model.onnx");
    OnnxWriter.write(network(0, 1), Map.of("notes", "large ".repeat(1_000_000)), model);
    Graph graph = OnnxReader.read(model).graph();
    get(graph);
    OnnxWriter.Detached again = get(graph).orElseThrow();
    assertThat(arrangements).hasValue(1);
    assertThat(Files.size(kept().get(0))).isLessThan(4096);
    assertThat(again.largest()).isEqualTo(4L * CHANNELS * CHANNELS * 9);
  }

  @Test
  void aCopyOfASmallModelIsTheSame() throws IOException {
    Path model = folder.resolve("model.onnx");
    OnnxWriter.write(network(0, 1), model);
    Path copy = Files.copy(model, folder.resolve("copy.onnx"));
    get(OnnxReader.read(model).graph());
    assertThat(get(OnnxReader.read(copy).graph())).isPresent();
    assertThat(arrangements).hasValue(1);
  }

  @Test
  void aModelThatHasChangedSinceIsNotRead() throws IOException {
    Path model = folder.resolve("model.onnx");
    OnnxWriter.write(network(0, 1), Map.of("notes", "large ".repeat(1_000_000)), model);
    Graph graph = OnnxReader.read(model).graph();
    float[] plain = run(graph, cached());
    try (FileChannel channel = FileChannel.open(model, StandardOpenOption.APPEND)) {
      channel.write(ByteBuffer.allocate(1));
    }
    assertThat(get(graph)).isEmpty();
    assertThat(notes).singleElement().asString().contains("the model has changed meanwhile");
    assertThat(run(graph, cached())).isEqualTo(plain);
  }

  @Test
  void severalMayWriteAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<float[]> work =
          () -> {
            SessionCache own = SessionCache.in(folder.resolve("made/when needed"), notes::add);
            return run(network(0, 1), SessionSettings.SMALL.withCache(own));
          };
      float[] plain = run(network(0, 1), SessionSettings.SMALL);
      for (Future<float[]> each : threads.invokeAll(Collections.nCopies(16, work))) {
        assertThat(each.get()).isEqualTo(plain);
      }
    } finally {
      threads.shutdown();
    }
    assertThat(kept()).hasSize(1);
  }

  @Test
  void whatWasNotUsedForLongestGoesFirst() throws IOException {
    Graph oldest = network(0, 1);
    get(oldest);
    Path first = kept().get(0);
    long size = Files.size(first);
    get(network(1, 1));
    Path foreign = Files.writeString(first.resolveSibling("notes.txt"), "mine");
    Path unfinished =
        Files.createFile(first.resolveSibling("." + first.getFileName() + ".1f.part"));
    List<Path> kept = new ArrayList<>(kept());
    kept.removeAll(List.of(first, foreign, unfinished));
    Path second = kept.get(0);
    for (Path file : List.of(first, second, foreign, unfinished)) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    }
    get(oldest); // now the second is the oldest
    cache = SessionCache.in(first.getParent(), 2 * size + size / 2, notes::add);
    get(network(2, 1));
    assertThat(kept()).hasSize(3).contains(first, foreign).doesNotContain(second, unfinished);
  }

  @Test
  void whatIsLargerThanTheFolderMayBeIsKeptAlone() throws IOException {
    cache = SessionCache.in(folder.resolve("made/when needed"), 1, notes::add);
    get(network(0, 1));
    get(network(1, 1));
    assertThat(kept()).hasSize(1);
  }

  @Test
  void goesOnWhereNothingCanBeKept() throws IOException {
    Files.delete(folder.resolve("made/when needed"));
    assertThat(run(network(0, 1), cached())).isEqualTo(run(network(0, 1), SessionSettings.SMALL));
    assertThat(notes)
        .singleElement()
        .asString()
        .startsWith("Could not keep what was compiled in " + folder)
        .doesNotContain("\n");
  }

  @Test
  void refusesWhatIsNoFolder() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> SessionCache.in(file, notes::add))
        .isInstanceOf(PhospheneException.class)
        .hasMessage("Cannot keep anything in %s: it is not a folder", file);
    assertThatThrownBy(() -> SessionCache.in(file.resolve("below"), notes::add))
        .isInstanceOf(PhospheneException.class)
        .hasMessageStartingWith("Cannot make the folder " + file.resolve("below"));
  }

  @Test
  void refusesAFolderThatMayNotBeWritten() {
    assumeFalse(Files.isWritable(Path.of("/proc/self")), "no folder here that refuses everybody");
    assertThatThrownBy(() -> SessionCache.in(Path.of("/proc/self"), notes::add))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("no permission to write there");
  }
}
