package dev.phosphene.gradient.rule;

import dev.phosphene.gradient.GradientEntry;
import java.util.List;
import java.util.stream.Stream;

/**
 * Operators through which no gradient flows: their outputs are integers, conditions or random, or
 * constant between steps, or come from text or encoded pictures. The gradient there is zero, which
 * differs from a missing rule.
 */
final class WithoutGradient {
  private WithoutGradient() {}

  static List<GradientEntry> entries() {
    return Stream.of(steps(), conditions(), positions(), sources(), texts())
        .flatMap(List::stream)
        .map(GradientEntry::none)
        .toList();
  }

  private static List<String> steps() {
    return List.of("Sign", "Floor", "Ceil", "Round");
  }

  private static List<String> conditions() {
    return List.of(
        "Equal",
        "Greater",
        "GreaterOrEqual",
        "Less",
        "LessOrEqual",
        "And",
        "Or",
        "Xor",
        "Not",
        "IsNaN",
        "IsInf",
        "BitwiseAnd",
        "BitwiseOr",
        "BitwiseXor",
        "BitwiseNot",
        "BitShift",
        "BitCast");
  }

  private static List<String> positions() {
    return List.of(
        "ArgMax",
        "ArgMin",
        "Shape",
        "Size",
        "NonZero",
        "NonMaxSuppression",
        "SequenceLength",
        "OptionalHasElement");
  }

  private static List<String> sources() {
    return List.of(
        "Constant",
        "ConstantOfShape",
        "EyeLike",
        "Range",
        "RandomNormal",
        "RandomNormalLike",
        "RandomUniform",
        "RandomUniformLike",
        "Bernoulli",
        "Multinomial",
        "BlackmanWindow",
        "HammingWindow",
        "HannWindow",
        "MelWeightMatrix");
  }

  private static List<String> texts() {
    return List.of(
        "ImageDecoder",
        "RegexFullMatch",
        "StringConcat",
        "StringNormalizer",
        "StringSplit",
        "TfIdfVectorizer");
  }
}
