package dev.phosphene.gradient.rule;

import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.gradient.GradientRule;
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
    Stream<GradientEntry> standard =
        Stream.of(steps(), conditions(), positions(), sources(), texts())
            .flatMap(List::stream)
            .map(GradientEntry::none);
    return Stream.concat(standard, contributed().map(WithoutGradient::none)).toList();
  }

  private static GradientEntry none(String contributed) {
    return new GradientEntry(Contributed.type(contributed), GradientRule.NO_GRADIENT, List.of());
  }

  /**
   * Operators of ONNX Runtime's own domain that choose words, or read nothing but whole numbers.
   */
  private static Stream<String> contributed() {
    return Stream.of(
        "BeamSearch",
        "BifurcationDetector",
        "DynamicTimeWarping",
        "GreedySearch",
        "MurmurHash3",
        "QEmbedLayerNormalization",
        "Sampling",
        "Tokenizer",
        "WhisperBeamSearch",
        "WordConvEmbedding");
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
