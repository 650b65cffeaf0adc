package dev.phosphene.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SessionTest {
  private final GraphBuilder builder = new GraphBuilder(StandardOperators.table());

  private Session compile(String... outputs) {
    return Session.compile(builder.build(List.of(outputs)), SessionSettings.SMALL);
  }

  /** Adds a node that gives a value of this name. */
  private Value node(String output, String operator, Attributes attributes, Value... arguments) {
    List<String> names = List.of(arguments).stream().map(Value::name).toList();
    return builder
        .add(
            new Node(
                "node of " + output,
                OperatorType.of(operator),
                names,
                List.of(output),
                attributes,
                Map.of()))
        .get(0);
  }

  private Value node(String output, String operator, Value... arguments) {
    return node(output, operator, Attributes.none(), arguments);
  }

  @Test
  void computesOutputsOfSeveralTypes() {
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(2, 2));
    Value two = builder.constant("two", Tensor.scalar(2f));
    node("double", "Cast", Attributes.of("to", 11), x);
    node("long", "Cast", Attributes.of("to", 7), x);
    node("product", "Mul", x, two);
    node("above", "Greater", x, two);
    node("small", "Cast", Attributes.of("to", 2), x);
    Tensor input = Tensor.of(new float[] {1, 2, 3, 4.5f}, 2, 2);
    try (Session session = compile("product", "double", "long", "above", "small")) {
      Map<String, Tensor> results = session.run(Map.of("x", input));
      assertThat(results.keySet()).containsExactly("product", "double", "long", "above", "small");
      assertThat(results.get("product").toFloats()).containsExactly(2, 4, 6, 9);
      assertThat(results.get("product").sizes()).containsExactly(2, 2);
      assertThat(results.get("double").type()).isEqualTo(ElementType.FLOAT64);
      assertThat(results.get("double").toDoubles()).containsExactly(1, 2, 3, 4.5);
      assertThat(results.get("long").toLongs()).containsExactly(1, 2, 3, 4);
      assertThat(results.get("above").type()).isEqualTo(ElementType.BOOL);
      assertThat(results.get("above").toLongs()).containsExactly(0, 0, 1, 1);
      assertThat(results.get("small").type()).isEqualTo(ElementType.UINT8);
      assertThat(session.run(Map.of("x", input), List.of("long"))).containsOnlyKeys("long");
    }
  }

  @Test
  void scalarsAndEmptyTensors() {
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(-1));
    Value scale = builder.input("scale", ElementType.FLOAT32, Shape.scalar());
    node("y", "Mul", x, scale);
    try (Session session = compile("y")) {
      Tensor empty = Tensor.of(new float[0], 0);
      assertThat(session.run(Map.of("x", empty, "scale", Tensor.scalar(3f))).get("y").elements())
          .isZero();
    }
  }

  @Test
  void constantsAndInputsCanBeOutputs() {
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(2));
    builder.constant("c", Tensor.of(new float[] {5, 6}, 2));
    node("y", "Neg", x);
    try (Session session = compile("y", "c", "x")) {
      Map<String, Tensor> results = session.run(Map.of("x", Tensor.of(new float[] {1, 2}, 2)));
      assertThat(results.get("c").toFloats()).containsExactly(5, 6);
      assertThat(results.get("x").toFloats()).containsExactly(1, 2);
    }
  }

  /** Weights beyond what is written into the model, on the heap, native, and not aligned. */
  @Test
  void weightsWhereverTheyLie() {
    float[] elements = new float[300 * 200];
    Random random = new Random(1);
    for (int i = 0; i < elements.length; i++) {
      elements[i] = random.nextFloat() - 0.5f;
    }
    Tensor heap = Tensor.of(elements, 300, 200);
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(4, 300));
    for (int offset : new int[] {0, 1, 2, 4, 7}) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(elements.length * 4 + 16);
      bytes.position(offset).order(ByteOrder.LITTLE_ENDIAN);
      ByteBuffer slice = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
      slice.asFloatBuffer().put(elements);
      Tensor direct =
          Tensor.over(ElementType.FLOAT32, new long[] {300, 200}, slice.limit(elements.length * 4));
      node("y" + offset, "MatMul", x, builder.constant("w" + offset, direct));
    }
    node("y", "MatMul", x, builder.constant("w", heap));
    float[] input = new float[4 * 300];
    for (int i = 0; i < input.length; i++) {
      input[i] = random.nextFloat();
    }
    double expected = 0;
    for (int i = 0; i < 300; i++) {
      expected += (double) input[i] * elements[i * 200];
    }
    try (Session session = compile("y", "y0", "y1", "y2", "y4", "y7")) {
      System.gc(); // nothing but the session holds the weights
      Map<String, Tensor> results = session.run(Map.of("x", Tensor.of(input, 4, 300)));
      assertThat(results.get("y").getDouble(0))
          .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-4));
      for (Tensor result : results.values()) {
        assertThat(result.toFloats()).isEqualTo(results.get("y").toFloats());
      }
    }
  }

  /** So large that it stays where it lies, at an odd address, and is not packed. */
  @Test
  void veryLargeWeightThatIsNotAligned() {
    int rows = 3000;
    int columns = 3001;
    ByteBuffer bytes = ByteBuffer.allocateDirect(rows * columns * 4 + 1);
    ByteBuffer odd = bytes.position(1).slice().order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(2);
    float[] sums = new float[columns];
    for (int i = 0; i < rows * columns; i++) {
      int element = random.nextInt(8);
      odd.putFloat(i * 4, element);
      sums[i % columns] += element;
    }
    Tensor weight = Tensor.over(ElementType.FLOAT32, new long[] {rows, columns}, odd);
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(-1, rows));
    Value w = builder.constant("w", weight);
    node("product", "MatMul", x, w);
    node("transposed", "Gemm", Attributes.of("transA", 1, "transB", 1), w, x);
    node("sum", "ReduceSum", w, builder.integers(0));
    float[] ones = new float[2 * rows];
    Arrays.fill(ones, 1);
    try (Session session = compile("product", "transposed", "sum")) {
      Map<String, Tensor> results = session.run(Map.of("x", Tensor.of(ones, 2, rows)));
      assertThat(results.get("product").toFloats()).startsWith(sums).endsWith(sums);
      assertThat(results.get("sum").toFloats()).containsExactly(sums);
      assertThat(results.get("transposed").getDouble(2)).isEqualTo(sums[1]);
    }
  }

  @Test
  void inputsInNativeMemory() {
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(3));
    node("y", "Neg", x);
    ByteBuffer bytes = ByteBuffer.allocateDirect(12).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(new float[] {1, 2, 3});
    try (Session session = compile("y")) {
      Tensor direct = Tensor.over(ElementType.FLOAT32, new long[] {3}, bytes);
      assertThat(session.run(Map.of("x", direct)).get("y").toFloats()).containsExactly(-1, -2, -3);
    }
  }

  @Test
  void inputsThatDoNotFit() {
    Shape batch = Shape.of(List.of(Dimension.symbolic("N"), Dimension.of(3)));
    Value x = builder.input("x", ElementType.FLOAT32, batch);
    Value z = builder.input("z", ElementType.FLOAT32, batch);
    node("y", "Add", x, z);
    Tensor good = Tensor.of(new float[6], 2, 3);
    try (Session session = compile("y")) {
      assertThat(session.run(Map.of("x", good, "z", good)).get("y").sizes()).containsExactly(2, 3);
      assertFails(session, Map.of("x", good), "Input \"z\" is missing; it should be float32[N, 3]");
      assertFails(
          session,
          Map.of("x", good, "z", good, "w", good),
          "There is no input \"w\"; the inputs are [x, z]");
      assertFails(
          session,
          Map.of("x", Tensor.of(new float[4], 2, 2), "z", good),
          "Input \"x\" should be float32[N, 3], found float32[2, 2]");
      assertFails(
          session,
          Map.of("x", good.as(ElementType.FLOAT64), "z", good),
          "Input \"x\" should be float32[N, 3], found float64[2, 3]");
      assertThatThrownBy(() -> session.run(Map.of("x", good, "z", Tensor.of(new float[9], 3, 3))))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("should be float32[N, 3], found float32[");
    }
  }

  private static void assertFails(Session session, Map<String, Tensor> given, String message) {
    assertThatThrownBy(() -> session.run(given))
        .isInstanceOf(PhospheneException.class)
        .hasMessage(message);
  }

  @Test
  void unknownOperator() {
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(3));
    node("y", "Frobnicate", x);
    assertThatThrownBy(() -> compile("y"))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("Frobnicate")
        .message()
        .satisfies(SessionTest::isOneCleanLine);
  }

  @Test
  void kernelThatTheRuntimeLacks() {
    Value x = builder.input("x", ElementType.FLOAT64, Shape.of(1, 1, 4, 4));
    Value w = builder.input("w", ElementType.FLOAT64, Shape.of(1, 1, 3, 3));
    node("y", "Conv", x, w);
    assertThatThrownBy(() -> compile("y"))
        .isInstanceOf(UnsupportedKernelException.class)
        .hasMessageContaining("node of y")
        .message()
        .satisfies(SessionTest::isOneCleanLine);
  }

  @Test
  void nodeThatFailsWhenItRuns() {
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(-1));
    Value sizes = builder.input("sizes", ElementType.INT64, Shape.of(2));
    node("y", "Reshape", x, sizes);
    try (Session session = compile("y")) {
      assertThatThrownBy(
              () ->
                  session.run(
                      Map.of("x", Tensor.of(new float[5], 5), "sizes", Tensor.vector(2, 3))))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("node of y")
          .message()
          .satisfies(SessionTest::isOneCleanLine);
    }
  }

  private static void isOneCleanLine(String message) {
    assertThat(message)
        .doesNotContain("\n", ".cc", ".h:", "onnxruntime::", "Error code")
        .startsWith("ONNX Runtime");
  }

  @Test
  void closedTwiceAndNotUsableAfter() {
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(1));
    node("y", "Neg", x);
    Session session = compile("y");
    session.close();
    session.close();
    assertThatThrownBy(() -> session.run(Map.of("x", Tensor.of(new float[1], 1))))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void severalThreadsAtOnce() throws Exception {
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(-1));
    node("y", "Mul", x, x);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Session session = compile("y")) {
      List<Callable<Float>> tasks = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        float element = i;
        tasks.add(
            () ->
                session
                    .run(Map.of("x", Tensor.of(new float[] {element}, 1)))
                    .get("y")
                    .toFloats()[0]);
      }
      List<Future<Float>> results = threads.invokeAll(tasks);
      for (int i = 0; i < 200; i++) {
        assertThat(results.get(i).get()).isEqualTo((float) i * i);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void negativeNumberOfThreads() {
    assertThatThrownBy(() -> SessionSettings.DEFAULT.withThreads(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
  }

  @Test
  void emptyGraphs() {
    builder.constant("c", Tensor.scalar(1f));
    Graph constant = builder.build(List.of("c"));
    try (Session session = Session.compile(constant, SessionSettings.DEFAULT.withThreads(1))) {
      assertThat(session.run(Map.of()).get("c").toFloats()).containsExactly(1);
    }
  }

  @Test
  void notesTheTimeOfNodesWhereAsked() {
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(4));
    node("y", "Softplus", x);
    Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[4], 4));
    try (Session session =
        Session.compile(builder.build(List.of("y")), SessionSettings.SMALL.withProfile(true))) {
      session.run(inputs);
      session.run(inputs);
      assertThat(session.profile())
          .singleElement()
          .satisfies(
              time -> {
                assertThat(time.node()).isEqualTo("node of y");
                assertThat(time.operator()).isEqualTo("Softplus");
                assertThat(time.milliseconds()).isBetween(0.0, 1e3);
              });
    }
    try (Session session = compile("y")) {
      assertThatThrownBy(session::profile).isInstanceOf(IllegalStateException.class);
    }
  }

  /** Found by the runtime's own reordering: 0, or a power of two. */
  @Test
  void findsTheBlockOfChannels() {
    assertThat(ChannelBlock.size()).isIn(0, 4, 8, 16, 32);
  }
}
