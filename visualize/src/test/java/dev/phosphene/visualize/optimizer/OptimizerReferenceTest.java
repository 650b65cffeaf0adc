package dev.phosphene.visualize.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.References;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Where optimizers and schedules go in twenty steps, against PyTorch's. */
class OptimizerReferenceTest {
  private static final double TOLERANCE = 1e-5;
  private static final References STORED = References.of("optimizers");
  private static final Map<String, Optimizer> CASES = new LinkedHashMap<>();

  static {
    onBoth("adam", Adam.withRate(0.1));
    onBoth("adam with weight decay", Adam.withRate(0.1).withWeightDecay(0.3));
    onBoth("nadam", NAdam.withRate(0.1));
    onBoth("sgd", new Sgd(0.0005, 0, false));
    onBoth("sgd with momentum", Sgd.withRate(0.0005));
    onBoth("sgd with nesterov", new Sgd(0.0005, 0.9, true));
    CASES.put("lbfgs, quadratic", Lbfgs.withRate(0.8));
    CASES.put("lbfgs of three, quadratic", new Lbfgs(0.3, 3));
    scheduled("constant", new Schedule.Constant());
    scheduled("cosine", new Schedule.Cosine(0.25));
    scheduled("step", new Schedule.Stairs(6, 0.3));
    scheduled("warm-up", new Schedule.WarmUp(5, new Schedule.Cosine(0)));
    CASES.put("clipped, rosenbrock", new Clipped(Sgd.withRate(0.0005), 20));
  }

  private static void onBoth(String name, Optimizer optimizer) {
    CASES.put(name + ", rosenbrock", optimizer);
    CASES.put(name + ", quadratic", optimizer);
  }

  private static void scheduled(String name, Schedule schedule) {
    CASES.put(name + ", rosenbrock", new Scheduled(Adam.withRate(0.1), schedule));
  }

  private static float[] slope(boolean rosenbrock, float[] p) {
    if (!rosenbrock) {
      return new float[] {p[0], 2 * p[1], 3 * p[2], 5 * p[3], 8 * p[4]};
    }
    double x = p[0];
    double y = p[1];
    return new float[] {
      (float) (-2 * (1 - x) - 400 * x * (y - x * x)), (float) (200 * (y - x * x))
    };
  }

  @TestFactory
  Stream<DynamicTest> goesWherePyTorchGoes() {
    return CASES.entrySet().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey(), () -> assertFollows(each.getKey(), each.getValue())));
  }

  private static void assertFollows(String name, Optimizer optimizer) {
    boolean rosenbrock = name.endsWith("rosenbrock");
    float[] x = rosenbrock ? new float[] {-1.2f, 1} : new float[] {1, -2, 0.5f, 3, -1};
    int steps = (int) STORED.array(name, "path").shape().size(0);
    Optimizer.Descent descent = optimizer.start(x.length, steps);
    float[] path = new float[steps * x.length];
    for (int step = 0; step < steps; step++) {
      descent.step(x, slope(rosenbrock, x), 1);
      System.arraycopy(x, 0, path, step * x.length, x.length);
    }
    STORED.assertClose(Tensor.of(path, steps, x.length), name, "path", TOLERANCE);
  }

  @Test
  void coversAllThatIsStored() {
    assertThat(STORED.names()).containsExactlyInAnyOrderElementsOf(CASES.keySet());
  }

  @Test
  void refusesWhatMakesNoStep() {
    List<ThrowingCallable> wrong =
        List.of(
            () -> NAdam.withRate(0),
            () -> Sgd.withRate(Double.NaN),
            () -> new Sgd(1, -0.1, false),
            () -> new Lbfgs(1, 0),
            () -> new Lbfgs(1, 101),
            () -> new Clipped(Adam.withRate(1), 0),
            () -> new Schedule.Cosine(2),
            () -> new Schedule.Stairs(0, 0.5),
            () -> new Schedule.Stairs(3, 0),
            () -> new Schedule.WarmUp(0, new Schedule.Constant()));
    for (ThrowingCallable each : wrong) {
      assertThatThrownBy(each)
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("should be");
    }
  }
}
