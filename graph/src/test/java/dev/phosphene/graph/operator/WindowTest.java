package dev.phosphene.graph.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WindowTest {
  private static Node node(Object... attributes) {
    return new Node(
        "w",
        OperatorType.of("Conv"),
        List.of("x"),
        List.of("y"),
        Attributes.of(attributes),
        Map.of());
  }

  private static long[] list(long... entries) {
    return entries;
  }

  @Test
  void everythingHasItsDefault() {
    Window window = Window.of(node(), Shape.of(1, 2, 5, 7), list(3, 2));
    assertThat(window.strides()).containsExactly(1, 1);
    assertThat(window.dilations()).containsExactly(1, 1);
    assertThat(window.pads()).containsExactly(0, 0, 0, 0);
    assertThat(window.outputSizes()).containsExactly(3, 6);
    assertThat(window.isStatic()).isTrue();
  }

  /** An odd number of pads puts the larger half at the end for SAME_UPPER. */
  @Test
  void automaticPaddingIsResolved() {
    Shape input = Shape.of(1, 2, 8);
    Window upper = Window.of(node("auto_pad", "SAME_UPPER", "strides", list(2)), input, list(3));
    assertThat(upper.pads()).containsExactly(0, 1);
    assertThat(upper.outputSizes()).containsExactly(4);
    Window lower = Window.of(node("auto_pad", "SAME_LOWER", "strides", list(2)), input, list(3));
    assertThat(lower.pads()).containsExactly(1, 0);
    Window valid = Window.of(node("auto_pad", "VALID", "pads", list(1, 1)), input, list(3));
    assertThat(valid.pads()).containsExactly(0, 0);
    assertThat(valid.outputSizes()).containsExactly(6);
  }

  /** With padding 1 and stride 3 a third position would start beyond the input's 5 elements. */
  @Test
  void ceilingAddsNoPositionThatStartsInThePaddingAfterTheInput() {
    Node node = node("ceil_mode", 1, "strides", list(3), "pads", list(1, 1));
    assertThat(Window.of(node, Shape.of(1, 1, 5), list(2)).outputSizes()).containsExactly(2);
    assertThat(Window.of(node, Shape.of(1, 1, 6), list(3)).outputSizes()).containsExactly(3);
  }

  @Test
  void unknownSizesLeavePaddingAndOutputUnknown() {
    Node node = node("auto_pad", "SAME_UPPER");
    Window window = Window.of(node, Shape.of(1, 1, -1, 5), list(3, 3));
    assertThat(window.isStatic()).isFalse();
    assertThat(window.padsBegin()).containsExactly(-1, 1);
    assertThat(window.outputSizes()).containsExactly(-1, 5);
  }

  static Stream<Node> transposedNodes() {
    return Stream.of(
        node("strides", list(2)),
        node("strides", list(3), "output_padding", list(2), "pads", list(1, 2)),
        node("strides", list(2), "dilations", list(2), "auto_pad", "SAME_UPPER"),
        node("strides", list(3), "auto_pad", "SAME_LOWER"),
        node("strides", list(2), "output_shape", list(8)),
        node("strides", list(2), "output_shape", list(10)));
  }

  /** The relation that the documentation promises. */
  @ParameterizedTest
  @MethodSource("transposedNodes")
  void sizesOfATransposedWindowAddUp(Node node) {
    for (Window.Axis axis : Window.transposed(node, Shape.of(1, 1, 4), list(3)).axes()) {
      long full = (axis.input() - 1) * axis.stride() + axis.extent() + axis.outputPadding();
      assertThat(axis.output()).isEqualTo(full - axis.padBegin() - axis.padEnd());
      assertThat(axis.padBegin()).isNotNegative();
      assertThat(axis.padEnd()).isNotNegative();
    }
  }

  @Test
  void aWindowThatFitsNowhereIsRefused() {
    assertThatThrownBy(() -> Window.of(node(), Shape.of(1, 1, 4), list(5)))
        .isInstanceOf(PhospheneException.class)
        .hasMessage(
            "Conv (node \"w\"): a kernel that covers 5 elements does not fit input [1, 1, 4]"
                + " along axis 2 with pads [0, 0]");
  }
}
