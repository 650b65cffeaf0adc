package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.decomposition.Decompositions;
import dev.phosphene.graph.operator.StandardOperators;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Keeps {@code docs/operators.md} as the tables say; {@code -Dphosphene.regenerate=true} writes it
 * again.
 */
class OperatorsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "operators.md");

  private static final String HEAD =
      """
      # Operators

      This page is made from the tables of operators and of gradient rules by `OperatorsPageTest`; write it again with

          mvn -pl testkit -am test -Dtest=OperatorsPageTest -Dsurefire.failIfNoSpecifiedTests=false \\
              -Dphosphene.regenerate=true

      Models of operator sets 7 and later are read; a graph holds each operator in the *form* of the operator set in the
      second column, to which older forms are brought. *Gradient* is

      - **rule**: a formula of its own;
      - **parts**: through simpler operators that compute the same (`graph.decomposition`); that they do is checked, too;
      - **bodies**: through the nodes of its bodies, which specialization puts in its place; loops of many steps stay;
      - **straight-through**: as if nothing were rounded, zero beyond the range of the integers; scales get none;
      - **none**: none flows, by the operator's nature or by convention;
      - **missing**: an error that names the node.

      Sequences of tensors (SplitToSequence, SequenceConstruct, SequenceInsert, SequenceAt, ConcatFromSequence, ...) go when
      shapes are fixed: their readers read the tensors themselves, where positions and sizes are constants.

      These of `com.microsoft` are read as the standard operator that they equal: QuantizeLinear, DequantizeLinear, Trilu,
      ExpandDims, Pad, GridSample, GatherND, Range, NhwcMaxPool, and ConvTransposeWithDynamicPads where its pads are constant.
      Constants of 2 and 4 bits are read as ones of 8 bits; to quantize to so few bits is refused.
      The runtime runs these, too, but they have no gradient here, and an error names the node: AttnLSTM, MatMulFpQ4,
      MaxpoolWithMask, NGramRepeatBlock, SampleOp; DecoderMaskedMultiHeadAttention and SparseAttention, which decode word by
      word from a cache of keys and values; Unique, of which the size of the output depends on the numbers; and
      SparseToDenseMatMul, as a graph here holds no sparse values.
      The runtime's stock build for processors knows more names of that domain and has no kernels for them, so that models
      with them do not run: QLinearReduceMean, ReduceSumInteger, MulInteger, the QOrdered ones, NhwcConv, NhwcFusedConv,
      GroupNorm, SkipGroupNorm, BiasAdd, BiasSplitGelu, PackedAttention, PackedMultiHeadAttention, PagedAttention,
      LongformerAttention, DecoderAttention, DecoderMaskedSelfAttention, RelativePositionBias, GatedRelativePositionBias,
      GemmaRotaryEmbedding, GemmFloat8, Rfft, Irfft, ComplexMul, GatedRMSNorm, MRotaryEmbedding, LinearAttentionGate.

      The *cases* are forms of the operator on which `GradientRulesTest` compares the gradient with finite differences of
      what ONNX Runtime computes.

      """;

  private static final String RECURRENT =
      "and `RecurrentReferenceTest`; above 16 steps through a Scan, at most 65536";

  /** What a row cannot say by itself. */
  private static final Map<String, String> REMARKS =
      Map.ofEntries(
          Map.entry(
              "If",
              "`ControlFlowGradientTest`; a condition that is not constant: both branches are"
                  + " computed, for floating outputs of equal shapes"),
          Map.entry(
              "Loop",
              "`ControlFlowGradientTest`, `LongLoopGradientTest`; the number of iterations known:"
                  + " above 16 as a Scan, where values keep their shapes; else at most 4096"),
          Map.entry(
              "Scan",
              "and `LongLoopGradientTest`; by a Scan that goes back; up to 16 steps are unrolled"),
          Map.entry("RNN", RECURRENT),
          Map.entry("GRU", RECURRENT),
          Map.entry("LSTM", RECURRENT),
          Map.entry("STFT", "complex signals not: the runtime computes something else there"),
          Map.entry("Attention", "without the sliding windows of operator set 25"),
          Map.entry("Compress", "where the condition is a constant"),
          Map.entry("MaxRoiPool", "its bins depend on the boxes, which are not constants"),
          Map.entry("RoiAlign", "at the image, with a sampling_ratio above zero"),
          Map.entry("Det", "up to 16 rows"),
          Map.entry("Unique", "the size of its output depends on the numbers"),
          Map.entry(
              "com.microsoft.MatMulNBits",
              "2, 4 and 8 bits; packed zero points do not count where g_idx is given, as in the"
                  + " runtime"),
          Map.entry("com.microsoft.MoE", "computes all experts"),
          Map.entry("com.microsoft.QMoE", "computes all experts"),
          Map.entry("com.microsoft.LinearAttention", "sequences of at most 1024 steps"),
          Map.entry("com.microsoft.CausalConvWithState", "along one axis"),
          Map.entry("com.microsoft.GatherBlockQuantized", "at the scales; bytes only"),
          Map.entry(
              "com.microsoft.GroupQueryAttention",
              "over a whole sequence: no keys and values of calls before"),
          Map.entry(
              "com.microsoft.MultiHeadAttention",
              "packed inputs not: the stock runtime has no kernel for them"),
          Map.entry(
              "com.microsoft.Attention",
              "without a bias it gets one of zeros: the stock runtime fails without"));

  private static String page() {
    Map<String, OperatorSpec> specs = new TreeMap<>(order());
    for (OperatorSpec spec : StandardOperators.table().specs()) {
      specs.put(spec.type().toString(), spec);
    }
    Map<String, GradientEntry> rules = new LinkedHashMap<>();
    for (GradientEntry entry : StandardRules.rules().entries()) {
      rules.put(entry.type().toString(), entry);
    }
    Map<String, OperatorType> all = new TreeMap<>(order());
    specs.forEach((name, spec) -> all.put(name, spec.type()));
    rules.forEach((name, entry) -> all.put(name, entry.type()));
    StringBuilder page = new StringBuilder(HEAD);
    page.append(
        "| operator | form | gradient | cases | remark |\n| --- | --- | --- | --- | --- |\n");
    for (String name : all.keySet()) {
      GradientEntry entry = rules.get(name);
      OperatorSpec spec = specs.get(name);
      page.append("| `%s` | ".formatted(name))
          .append(spec == null ? "" : spec.since())
          .append(" | ")
          .append(gradient(all.get(name), entry))
          .append(" | ")
          .append(cases(entry))
          .append(" | ")
          .append(REMARKS.getOrDefault(name, ""))
          .append(" |\n");
    }
    return page.toString();
  }

  /** The standard domain first. */
  private static Comparator<String> order() {
    return Comparator.comparing((String name) -> name.contains("."))
        .thenComparing(Comparator.naturalOrder());
  }

  private static String gradient(OperatorType type, GradientEntry entry) {
    if (entry == null) {
      return switch (type.toString()) {
        case "If", "Loop" -> "bodies";
        default -> "missing";
      };
    }
    return switch (entry.flow()) {
      case NONE -> "none";
      case STRAIGHT_THROUGH -> "straight-through";
      case EXACT -> Decompositions.find(type).isPresent() ? "parts" : "rule";
    };
  }

  private static String cases(GradientEntry entry) {
    if (entry == null || entry.flow() == GradientEntry.Flow.NONE) {
      return "";
    }
    return entry.flow() == GradientEntry.Flow.STRAIGHT_THROUGH
        ? "`StraightThroughTest`"
        : Integer.toString(entry.cases().size());
  }

  @Test
  void pageIsAsTheTablesSay() throws IOException {
    if (Boolean.getBoolean("phosphene.regenerate")) {
      Files.writeString(PAGE, page());
    }
    assertThat(Files.readString(PAGE))
        .as("docs/operators.md is stale; write it again with -Dphosphene.regenerate=true")
        .isEqualTo(page());
  }
}
