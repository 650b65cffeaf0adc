package dev.phosphene.visualize.loss;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Model;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Gradient;
import dev.phosphene.visualize.LayerActivation;
import dev.phosphene.visualize.References;
import dev.phosphene.visualize.Target;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each objective, value and gradient at the input against PyTorch, on a batch of three and a
 * network of convolutions {@code act1 [N, 4, 7, 6]} and a dense layer {@code fc [N, 5]}.
 */
class ObjectiveReferenceTest {
  private static final double TOLERANCE = 1e-5;
  private static final References STORED = References.of("objectives");
  private static final Model MODEL = References.network("five_channels");
  private static final String LAYER = "act1";
  private static final Tensor DIRECTION = Tensor.of(new float[] {0.5f, -1, 2, 0.25f}, 4);
  private static final List<Float> PARTS = List.of(0.5f, -1f, 2f, 0.25f);

  private static final Tensor FEATURES =
      LayerActivation.seen(
          MODEL,
          Target.of(MODEL, LAYER, false),
          STORED.array("input", "photo"),
          SessionSettings.SMALL);

  /** Of filters 2 and 0 of the layer, where they are of chosen ones. */
  private static final Map<String, List<WeightedLoss>> CASES = new LinkedHashMap<>();

  static {
    add("neuron at the centre", NeuronLoss.CENTRE);
    add("neuron", new NeuronLoss(List.of(2, 5)));
    add("layer", new LayerLoss());
    add("direction 0", new DirectionLoss(PARTS, 0));
    add("direction 2", new DirectionLoss(PARTS, 2));
    add("against the rest", new AgainstRestLoss());
    add("alignment", new AlignmentLoss(LAYER));
    add("diversity", new DiversityLoss(LAYER));
    add("channel", Objectives.channel(LAYER, 3, 1));
    add("logit", Objectives.logit("fc", 2));
    add("several classes", Objectives.logit("fc", 2, 4));
    add("class against the rest", Objectives.againstRest("fc", 3));
    add("one neuron", Objectives.neuron(LAYER, 1));
    add("one neuron at a position", Objectives.neuron(LAYER, 1, 0, 4));
    add("interpolation", Objectives.interpolation(LAYER, 0, 2, 0.25));
    add("content", Objectives.content(LAYER, FEATURES));
    add("style", Objectives.style(LAYER, FEATURES));
    add("caricature 0", Objectives.caricature(LAYER, FEATURES, 0));
    add("caricature 2", Objectives.caricature(LAYER, FEATURES, 2));
    CASES.put(
        "difference",
        List.of(
            weighted(Objectives.channel(LAYER, 0), 2), weighted(Objectives.channel(LAYER, 1), -3)));
    CASES.put(
        "class while features are held",
        List.of(
            weighted(Objectives.logit("fc", 1), 1),
            weighted(Objectives.content(LAYER, FEATURES), 0.5)));
  }

  private static void add(String name, Loss loss) {
    CASES.put(name, List.of(weighted(loss, 1)));
  }

  @TestFactory
  Stream<DynamicTest> agreesInValueAndGradient() {
    return CASES.keySet().stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> assertAgrees(name, CASES.get(name))));
  }

  private static void assertAgrees(String name, List<WeightedLoss> losses) {
    assertClose(name, run(losses));
  }

  private static Gradient.Result run(List<WeightedLoss> losses) {
    return Gradient.of(MODEL)
        .layer(LAYER)
        .filters(2, 0)
        .losses(losses)
        .at(STORED.array("input", "input"));
  }

  private static void assertClose(String name, Gradient.Result result) {
    double value = STORED.facts(name).get("value").asDouble();
    assertThat(result.losses().overall())
        .isCloseTo(value, within(TOLERANCE * Math.max(0.1, Math.abs(value))));
    STORED.assertClose(result.gradient(), name, "gradient", TOLERANCE);
  }

  @Test
  void recordsAndFactoriesAgree() {
    assertClose("layer", run(List.of(weighted(Objectives.layer(LAYER), 1))));
    assertClose(
        "direction 2", run(List.of(weighted(Objectives.direction(LAYER, DIRECTION, 2), 1))));
  }

  @Test
  void coversAllThatIsStoredAndAllFactories() {
    assertThat(STORED.names()).containsAll(CASES.keySet()).hasSize(CASES.size() + 1);
    assertThat(Objectives.class.getDeclaredMethods())
        .filteredOn(method -> Modifier.isPublic(method.getModifiers()))
        .extracting(Method::getName)
        .containsOnly(
            "channel",
            "logit",
            "neuron",
            "layer",
            "direction",
            "againstRest",
            "interpolation",
            "content",
            "style",
            "caricature");
  }

  @Test
  void acrossPicturesASinglePictureIsNothing() {
    for (Loss loss : List.of(new AlignmentLoss(LAYER), new DiversityLoss(LAYER))) {
      Gradient.Result alone =
          Gradient.of(MODEL).losses(weighted(loss, 1)).at(STORED.array("input", "photo"));
      assertThat(alone.losses().overall()).isZero();
      assertThat(alone.gradient().toDoubles()).containsOnly(0);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertRefused(() -> new DirectionLoss(List.of(), 0), "a finite number for each filter");
    assertRefused(() -> new DirectionLoss(List.of(0f, 0f), 0), "not all of them 0");
    assertRefused(() -> new DirectionLoss(PARTS, -1), "0 or more and finite, found -1");
    assertRefused(() -> run(List.of(weighted(new NeuronLoss(List.of(7, 0)), 1))), "position 7");
    assertRefused(
        () -> run(List.of(weighted(Objectives.content("fc", FEATURES), 1))),
        "Features should have the shape [1, 5], found [1, 4, 7, 6]");
    assertRefused(
        () -> run(List.of(weighted(new DirectionLoss(List.of(1f), 0), 1))), "over 4 filters");
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(PhospheneException.class).hasMessageContaining(message);
  }
}
