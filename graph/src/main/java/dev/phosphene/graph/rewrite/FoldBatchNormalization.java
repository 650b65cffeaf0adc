package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Node;
import java.util.Optional;

/**
 * Takes BatchNormalization with fixed statistics into the weight and bias of the convolution or
 * matrix product before it, where nobody else reads or asked for what lies between.
 */
public final class FoldBatchNormalization implements Rewrite {
  @Override
  public boolean apply(Node node, Draft draft) {
    boolean training = node.attributes().flag("training_mode", false);
    if (!node.is("BatchNormalization") || training || node.outputs().size() != 1) {
      return false;
    }
    Optional<LinearHost> host = LinearHost.behind(node.input(0), draft);
    Optional<ChannelAffine> affine =
        host.flatMap(
            linear ->
                ChannelAffine.ofBatchNormalization(node, draft::constantOf, linear.channels()));
    affine.ifPresent(found -> host.orElseThrow().give(node, found, draft));
    return affine.isPresent();
  }
}
