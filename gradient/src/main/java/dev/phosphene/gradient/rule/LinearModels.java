package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.smallSteps;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attribute;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import java.util.ArrayList;
import java.util.List;

/** Linear models of the domain {@code ai.onnx.ml}, and the row of features that they read. */
final class LinearModels {
  private static final String DOMAIN = "ai.onnx.ml";
  private static final float[] SIX = {0.5f, -1, 0.25f, 0.75f, 0.5f, -0.5f};
  private static final float[] THREE = {0.5f, -1, 0.25f};
  private static final List<String> TRANSFORMS =
      List.of("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO");

  private LinearModels() {}

  static List<GradientEntry> entries() {
    return List.of(
        entry("LinearRegressor", regressors()),
        entry("LinearClassifier", classifiers()),
        entry("FeatureVectorizer", rows()));
  }

  private static List<GradientCase> regressors() {
    List<GradientCase> cases = new ArrayList<>();
    Input x = smallSteps(-2, 2, 2, 3);
    Attributes two =
        Attributes.of("targets", 2, "coefficients", SIX, "intercepts", new float[] {0.5f, -0.25f});
    for (String transform : TRANSFORMS) {
      cases.add(of("LinearRegressor", x).with(two.with("post_transform", transform)));
      cases.add(
          of("LinearRegressor", x)
              .with("coefficients", THREE, "targets", 1, "post_transform", transform)
              .named("one target, " + transform));
    }
    Attributes share =
        Attributes.of("targets", 1, "coefficients", new float[] {0.5f}, "post_transform", "PROBIT");
    cases.add(of("LinearRegressor", smallSteps(0.25, 0.75, 3, 1)).with(share));
    cases.add(of("LinearRegressor", smallSteps(1.25, 1.75, 3, 1)).with(share).named("above"));
    cases.add(of("LinearRegressor", random(3)).with(two).named("a vector"));
    cases.add(of("LinearRegressor", x).with("coefficients", THREE).named("targets by default"));
    return cases;
  }

  private static List<GradientCase> classifiers() {
    List<GradientCase> cases = new ArrayList<>();
    Input x = smallSteps(-2, 2, 2, 3);
    for (String transform : TRANSFORMS) {
      Attributes transformed = Attributes.of("post_transform", transform);
      cases.add(
          of("LinearClassifier", x)
              .with(
                  transformed
                      .with("coefficients", SIX)
                      .with("intercepts", new float[] {0.5f, -0.25f})
                      .with("classlabels_ints", new long[] {0, 1}))
              .outputs(2, 1));
      cases.add(
          of("LinearClassifier", x)
              .with(
                  transformed
                      .with("coefficients", THREE)
                      .with("intercepts", new float[] {0.5f})
                      .with("classlabels_ints", new long[] {3, 7}))
              .outputs(2, 1)
              .named("one of two classes, " + transform));
    }
    Attributes weights =
        Attributes.of("coefficients", SIX, "intercepts", new float[] {0.5f, -0.25f});
    Attributes texts =
        weights.with("classlabels_strings", new Attribute.Texts(List.of("cat", "dog")));
    cases.addAll(
        of("LinearClassifier", x)
            .outputs(2, 1)
            .withEach(
                List.of(
                    texts,
                    texts.with("multi_class", 1),
                    texts.with("post_transform", "LOGISTIC"),
                    texts.with("multi_class", 1).with("post_transform", "SOFTMAX"),
                    weights.with("multi_class", 1).with("classlabels_ints", new long[] {0, 1}))));
    return cases;
  }

  private static List<GradientCase> rows() {
    return List.of(
        of("FeatureVectorizer", random(2, 3), random(2, 1))
            .with("inputdimensions", new long[] {3, 1}),
        of("FeatureVectorizer", random(2, 3), random(2, 2))
            .with("inputdimensions", new long[] {2, 4}),
        of("FeatureVectorizer", random(2, 3)).with("inputdimensions", new long[] {3}),
        of("FeatureVectorizer", random(2, 3)).with("inputdimensions", new long[] {2}),
        of("FeatureVectorizer", random(2, 3)).with("inputdimensions", new long[] {5}));
  }

  private static GradientEntry entry(String operator, List<GradientCase> cases) {
    OperatorType type = new OperatorType(DOMAIN, operator);
    return new GradientEntry(type, DecomposedRule.of(type), cases);
  }

  private static GradientCase of(String operator, Input... inputs) {
    return new GradientCase(
        "plain", new OperatorType(DOMAIN, operator), Attributes.none(), List.of(inputs), 1, 0);
  }
}
