package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import java.util.Optional;
import java.util.Set;

/**
 * Takes additions and multiplications by a constant for each channel into the weight and bias of
 * the convolution or matrix product before it: what exporters without a BatchNormalization operator
 * leave of it.
 */
public final class FoldChannelArithmetic implements Rewrite {
  private static final Set<String> ARITHMETIC = Set.of("Add", "Sub", "Mul", "Div");

  @Override
  public boolean apply(Node node, Draft draft) {
    if (!node.type().domain().isEmpty() || !ARITHMETIC.contains(node.type().name())) {
      return false;
    }
    return fold(node, node.input(0), draft) || fold(node, node.input(1), draft);
  }

  private static boolean fold(Node node, String input, Draft draft) {
    Value value = draft.value(input);
    Optional<LinearHost> host = LinearHost.behind(input, draft);
    if (host.isEmpty() || !value.shape().isRankKnown()) {
      return false;
    }
    Optional<ChannelAffine> affine =
        ChannelAffine.ofArithmetic(node, value, draft, host.get().channels());
    affine.ifPresent(found -> host.get().give(node, found, draft));
    return affine.isPresent();
  }
}
