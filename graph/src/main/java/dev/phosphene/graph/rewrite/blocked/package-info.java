/**
 * The blocked channel layout of ONNX Runtime's convolutions, written out as nodes.
 *
 * <p>On processors with vector units the runtime computes convolutions over images stored as {@code
 * [N, C/B, H, W, B]}, B channels side by side. Left alone it brings values into that layout and
 * back around every operator that it has no blocked kernel for. But any elementwise operator works
 * on values in any order, and slices, pads and joins along height and width only need another view
 * of the same bytes; so {@link dev.phosphene.graph.rewrite.blocked.BlockedLayout} keeps a whole
 * network and its gradient in the layout, in {@code com.microsoft.nchwc} operators, standard ones,
 * and reorderings where a value leaves. The rows {@code [..., C]} of a transformer are taken as the
 * positions of a picture, so that products with its weights are convolutions too ({@link
 * dev.phosphene.graph.rewrite.blocked.ChannelsLast}). Large convolutions are computed there in
 * fewer products ({@link dev.phosphene.graph.rewrite.blocked.ConvolutionAlgorithm}).
 *
 * <p>The result computes what the graph did, but is particular to a block size, which only the
 * session knows. To teach it an operator: a {@link
 * dev.phosphene.graph.rewrite.blocked.BlockedOperator} and a line in {@code BlockedOperators}.
 */
@NullMarked
package dev.phosphene.graph.rewrite.blocked;

import org.jspecify.annotations.NullMarked;
