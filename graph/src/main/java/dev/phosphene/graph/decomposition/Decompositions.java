package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.OperatorType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The table of composite operators; to add one, add a method and a row to its family. */
public final class Decompositions {
  private static final Map<OperatorType, Decomposition> TABLE = new LinkedHashMap<>();

  static {
    Stream.of(
            Accumulations.rows(),
            BlockQuantization.rows(),
            CacheUpdates.rows(),
            ContributedArrays.rows(),
            ContributedAttention.rows(),
            DeformableConvolution.rows(),
            FeatureScaling.rows(),
            FusedOperators.rows(),
            Geometry.rows(),
            GroupedAttention.rows(),
            LinearModels.rows(),
            Losses.rows(),
            MixtureOfExperts.rows(),
            Normalizations.rows(),
            QuantizedOperators.rows(),
            QuantizedRecurrence.rows(),
            Recurrence.rows(),
            Regions.rows(),
            Rotation.rows(),
            SpectralFrames.rows(),
            StandardAttention.rows(),
            StateSequences.rows())
        .flatMap(rows -> rows.entrySet().stream())
        .forEach(row -> TABLE.put(row.getKey(), row.getValue()));
  }

  private Decompositions() {}

  /** How an operator is written as simpler ones; empty for one that has no entry. */
  public static Optional<Decomposition> find(OperatorType type) {
    return Optional.ofNullable(TABLE.get(type)).map(Decompositions::guarded);
  }

  /** Attributes of a damaged model can contradict its shapes in any way. */
  private static Decomposition guarded(Decomposition decomposition) {
    return composite -> {
      try {
        return decomposition.decompose(composite);
      } catch (ArithmeticException
          | IndexOutOfBoundsException
          | NegativeArraySizeException
          | IllegalArgumentException
          | IllegalStateException damaged) {
        throw composite.error("its inputs and attributes contradict each other", damaged);
      }
    };
  }
}
