package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.distinct;
import static dev.phosphene.gradient.GradientCase.integers;
import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.uniform;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.gradient.GradientRule;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import java.util.List;

/** Operators of the domain {@code ai.onnx.ml} around a network that was converted. */
final class FeatureScaling {
  private static final String DOMAIN = "ai.onnx.ml";

  private FeatureScaling() {}

  static List<GradientEntry> entries() {
    return List.of(
        decomposed("Scaler", scalings()),
        decomposed("Normalizer", normalizations()),
        decomposed("ArrayFeatureExtractor", extractions()),
        none("Binarizer"),
        none("TreeEnsemble"),
        none("TreeEnsembleClassifier"),
        none("TreeEnsembleRegressor"),
        none("LabelEncoder"));
  }

  private static List<GradientCase> scalings() {
    return List.of(
        of("Scaler", random(2, 3))
            .with("offset", new float[] {0.5f, -1, 2}, "scale", new float[] {2, 0.5f, -1}),
        of("Scaler", random(2, 3)).with("offset", new float[] {0.5f}, "scale", new float[] {2}),
        of("Scaler", random(3))
            .with("offset", new float[] {0.5f, -1, 2}, "scale", new float[] {2, 0.5f, -1})
            .named("a vector"));
  }

  private static List<GradientCase> normalizations() {
    return List.of(
        of("Normalizer", distinct(2, 3)).with("norm", "MAX"),
        of("Normalizer", uniform(0.5, 2, 2, 3)).with("norm", "L1"),
        of("Normalizer", random(2, 3)).with("norm", "L2"),
        of("Normalizer", distinct(2, 3)).named("norm by default"));
  }

  private static List<GradientCase> extractions() {
    return List.of(
        of("ArrayFeatureExtractor", random(3, 4), integers(2, 0)),
        of("ArrayFeatureExtractor", random(4), integers(1, 3, 1)).named("a vector"));
  }

  private static GradientCase of(String operator, GradientCase.Input... inputs) {
    return new GradientCase("plain", type(operator), Attributes.none(), List.of(inputs), 1, 0);
  }

  private static GradientEntry decomposed(String operator, List<GradientCase> cases) {
    return new GradientEntry(type(operator), DecomposedRule.of(type(operator)), cases);
  }

  private static GradientEntry none(String operator) {
    return new GradientEntry(type(operator), GradientRule.NO_GRADIENT, List.of());
  }

  private static OperatorType type(String operator) {
    return new OperatorType(DOMAIN, operator);
  }
}
