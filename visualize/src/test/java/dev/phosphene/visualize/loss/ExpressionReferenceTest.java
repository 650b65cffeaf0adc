package dev.phosphene.visualize.loss;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Gradient;
import dev.phosphene.visualize.References;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each operator that losses are written with, value and gradient at the input against PyTorch, on a
 * batch of two and a network of convolutions {@code act1 [N, 4, 7, 6]}, {@code act2} (positive) and
 * a dense layer {@code fc [N, 5]}.
 */
class ExpressionReferenceTest {
  private static final double TOLERANCE = 1e-5;
  private static final Tensor DIRECTION = Tensor.of(new float[] {0.5f, -1, 2, 0.25f}, 4);
  private static final Tensor TWO = Tensor.of(new float[] {0.25f, -2}, 2);

  private static final References STORED = References.of("expressions");
  private static final Map<String, Loss> LOSSES = new LinkedHashMap<>();

  static {
    choosing();
    reducing();
    combining();
    changing();
    mixing();
    priors();
  }

  private static void choosing() {
    LOSSES.put("filter", scene -> a(scene).filter(2).mean());
    LOSSES.put("filters", scene -> a(scene).filters(3, 0).dot(TWO).mean());
    LOSSES.put("filters of dense", scene -> scene.layer("fc").filters(3, 0).dot(TWO));
    LOSSES.put("filter of dense", scene -> scene.layer("fc").filter(1));
    LOSSES.put("at", scene -> a(scene).filter(1).at(2, 3));
    LOSSES.put("at with filters", scene -> a(scene).at(0, 5).dot(DIRECTION));
    LOSSES.put("centre", scene -> a(scene).centre().square().sum());
  }

  private static void reducing() {
    LOSSES.put("mean", scene -> a(scene).mean());
    LOSSES.put("sum", scene -> a(scene).sum());
    LOSSES.put("maximum", scene -> a(scene).maximum());
    LOSSES.put("minimum", scene -> a(scene).minimum());
    LOSSES.put("mean over positions", scene -> a(scene).meanOverPositions().square().sum());
    LOSSES.put("mean over positions of a filter", scene -> a(scene).filter(3).meanOverPositions());
    LOSSES.put("dot", scene -> a(scene).dot(DIRECTION).square().mean());
  }

  private static void combining() {
    LOSSES.put("plus", scene -> a(scene).filter(0).plus(a(scene).filter(1)).square().sum());
    LOSSES.put("plus a number", scene -> a(scene).plus(1.5).square().sum());
    LOSSES.put("minus", scene -> a(scene).filter(0).minus(a(scene).filter(1)).square().sum());
    LOSSES.put("minus a number", scene -> a(scene).minus(1.5).square().sum());
    LOSSES.put("times", scene -> a(scene).filter(0).times(a(scene).filter(1)).sum());
    LOSSES.put("times a number", scene -> a(scene).times(3).square().sum());
    LOSSES.put(
        "divided by", scene -> a(scene).filter(0).dividedBy(b(scene).filter(1).mean()).sum());
  }

  private static void changing() {
    LOSSES.put("negative", scene -> a(scene).filter(2).negative().mean());
    LOSSES.put("absolute", scene -> a(scene).absolute().sum());
    LOSSES.put("square", scene -> a(scene).square().sum());
    LOSSES.put("square root", scene -> b(scene).squareRoot().sum());
    LOSSES.put("power", scene -> b(scene).power(2.5).sum());
    LOSSES.put("cube", scene -> a(scene).power(3).sum());
    LOSSES.put("exponential", scene -> a(scene).exponential().mean());
    LOSSES.put("logarithm", scene -> b(scene).logarithm().mean());
    LOSSES.put("sigmoid", scene -> a(scene).sigmoid().mean());
    LOSSES.put("relu", scene -> a(scene).relu().sum());
  }

  private static void mixing() {
    LOSSES.put("map and number", scene -> a(scene).minus(a(scene).mean()).square().mean());
    LOSSES.put("number and map", scene -> a(scene).mean().minus(a(scene)).absolute().sum());
    LOSSES.put("number over map", scene -> scene.layer("fc").filter(0).dividedBy(b(scene)).mean());
    LOSSES.put(
        "two layers",
        scene ->
            a(scene).mean().times(b(scene).mean()).plus(scene.layer("fc").filter(2).sigmoid()));
    LOSSES.put("image", besideAnOutput(s -> s.image().filter(1).times(s.image().filter(4)).mean()));
    LOSSES.put(
        "image and layer", scene -> scene.image().maximum().times(scene.layer("fc").filter(0)));
    LOSSES.put(
        "any operator",
        scene -> Expression.of(scene.graph(), scene.graph().apply("Atan", a(scene).value())).sum());
  }

  private static void priors() {
    for (String p : List.of("1", "2", "6", "infinity")) {
      double number = p.equals("infinity") ? Double.POSITIVE_INFINITY : Double.parseDouble(p);
      LOSSES.put("lp norm " + p, besideAnOutput(new LpNorm(number)));
    }
    for (String beta : List.of("1", "1.5", "2", "3")) {
      LOSSES.put(
          "total variation " + beta, besideAnOutput(new TotalVariation(Double.parseDouble(beta))));
    }
  }

  private static Loss besideAnOutput(Loss prior) {
    return scene -> prior.build(scene).plus(scene.layer("fc").filter(0));
  }

  private static Expression a(Scene scene) {
    return scene.layer("act1");
  }

  private static Expression b(Scene scene) {
    return scene.layer("act2");
  }

  @TestFactory
  List<DynamicTest> agreesInValueAndGradient() {
    Model model = References.network("five_channels");
    Tensor input = STORED.array("input", "input");
    return LOSSES.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(),
                    () -> assertAgrees(model, input, entry.getKey(), entry.getValue())))
        .toList();
  }

  private static void assertAgrees(Model model, Tensor input, String name, Loss loss) {
    Gradient.Result result = Gradient.of(model).losses(weighted(loss, 1)).at(input);
    double value = STORED.facts(name).get("value").asDouble();
    assertThat(result.losses().overall())
        .isCloseTo(value, within(TOLERANCE * Math.max(0.1, Math.abs(value))));
    STORED.assertClose(result.gradient(), name, "gradient", TOLERANCE);
  }

  @Test
  void coversAllThatIsStored() {
    assertThat(STORED.names()).containsOnlyOnceElementsOf(LOSSES.keySet()).contains("input");
    assertThat(STORED.names()).hasSize(LOSSES.size() + 1);
  }

  @Test
  void coversAllMethods() {
    List<String> withoutOperator =
        List.of(
            "of", "value", "shape", "filterAxis", "withSpecialTokens", "specialTokens", "constant");
    List<String> written =
        List.of(
            "filter",
            "filters",
            "at",
            "centre",
            "mean",
            "sum",
            "maximum",
            "minimum",
            "meanOverPositions",
            "dot",
            "plus",
            "minus",
            "times",
            "dividedBy",
            "negative",
            "absolute",
            "square",
            "squareRoot",
            "power",
            "exponential",
            "logarithm",
            "sigmoid",
            "relu");
    assertThat(Expression.class.getDeclaredMethods())
        .filteredOn(method -> Modifier.isPublic(method.getModifiers()))
        .extracting(Method::getName)
        .filteredOn(name -> !withoutOperator.contains(name))
        .allMatch(written::contains, "has a case here");
  }
}
