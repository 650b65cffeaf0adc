package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.absent;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.uniform;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gradients of products with, and choices among, weights of few bits scaled block by block. */
final class BlockQuantized {
  private static final long COLUMNS = 40; // neither whole blocks nor whole bytes of zero points
  private static final long ROWS = 3;

  private BlockQuantized() {}

  static List<GradientEntry> entries() {
    return List.of(
        Contributed.decomposed("MatMulNBits", products()),
        Contributed.decomposed("MatMulBnb4", tabulated()),
        Contributed.decomposed("GatherBlockQuantized", gathers()));
  }

  private static List<GradientCase> products() {
    List<GradientCase> cases = new ArrayList<>();
    Input x = random(2, COLUMNS);
    for (int bits : new int[] {2, 4, 8}) {
      for (long block : new long[] {16, 32}) {
        long blocks = (COLUMNS + block - 1) / block;
        long zeroBytes = (blocks * bits + 7) / 8;
        Attributes attributes =
            Attributes.of("K", COLUMNS, "N", ROWS, "bits", bits, "block_size", block);
        Input weights = bytes(ROWS, blocks, block * bits / 8);
        Input scales = uniform(0.25, 1, ROWS, blocks);
        String name = "%d bits, blocks of %d".formatted(bits, block);
        cases.add(product(attributes, x, weights, scales).named(name));
        cases.add(
            product(attributes, x, weights, scales, bytes(ROWS, zeroBytes))
                .named(name + ", zero points"));
      }
    }
    Attributes attributes = Attributes.of("K", COLUMNS, "N", ROWS, "bits", 4, "block_size", 16);
    Input weights = bytes(ROWS, 3, 8);
    Input scales = uniform(0.25, 1, ROWS, 3);
    cases.add(
        product(attributes, x, weights, scales, random(ROWS, 3)).named("floating zero points"));
    cases.add(
        product(attributes, x, weights, scales, absent(), absent(), random(ROWS)).named("bias"));
    cases.add(
        product(attributes, random(2, 3, COLUMNS), weights, scales, bytes(ROWS, 2))
            .named("three axes"));
    long[] groups = new long[48];
    Arrays.setAll(groups, i -> i % 3);
    Input index = fixed(Tensor.converted(ElementType.INT32, groups, 48));
    Attributes whole = attributes.with("K", 48);
    Input wide = random(2, 48);
    cases.add(product(whole, wide, weights, scales, absent(), index).named("blocks of columns"));
    cases.add(
        product(whole, wide, weights, scales, random(ROWS, 3), index)
            .named("blocks of columns, floating zero points"));
    cases.add(
        product(whole, wide, weights, scales, bytes(ROWS, 2), index)
            .named("blocks of columns, packed zero points"));
    cases.add(product(attributes.without("bits"), x, weights, scales).named("bits by default"));
    cases.add(product(attributes.with("accuracy_level", 1), x, weights, scales));
    return cases;
  }

  private static GradientCase product(Attributes attributes, Input... inputs) {
    return Contributed.of("MatMulNBits", inputs).with(attributes);
  }

  private static List<GradientCase> tabulated() {
    List<GradientCase> cases = new ArrayList<>();
    for (long kind : new long[] {0, 1}) {
      for (long block : new long[] {16, 32}) {
        long count = COLUMNS * ROWS;
        Attributes attributes =
            Attributes.of("K", COLUMNS, "N", ROWS, "block_size", block, "quant_type", kind);
        Input weights = bytes((count + 1) / 2);
        Input largest = uniform(0.25, 1, (count + block - 1) / block);
        cases.add(
            Contributed.of("MatMulBnb4", random(2, COLUMNS), weights, largest).with(attributes));
      }
    }
    return cases;
  }

  private static List<GradientCase> gathers() {
    List<GradientCase> cases = new ArrayList<>();
    Input rows = fixed(Tensor.converted(ElementType.INT64, new long[] {4, 0, 2, 4, 1, 0}, 2, 3));
    for (int bits : new int[] {4, 8}) {
      Attributes attributes =
          Attributes.of("bits", bits, "block_size", 16, "quantize_axis", 1, "gather_axis", 0);
      Input data = bytes(5, 32 * bits / 8);
      Input scales = uniform(0.25, 1, 5, 2);
      String name = bits + " bits";
      cases.add(
          Contributed.of("GatherBlockQuantized", data, rows, scales).with(attributes).named(name));
      cases.add(
          Contributed.of("GatherBlockQuantized", data, rows, scales, bytes(5, 2 * bits / 8))
              .with(attributes)
              .named(name + ", zero points"));
    }
    Input fromTheEnd =
        fixed(Tensor.converted(ElementType.INT32, new long[] {-1, 0, 2, -5, 1, 0}, 2, 3));
    cases.add(
        Contributed.of("GatherBlockQuantized", bytes(5, 64), fromTheEnd, uniform(0.25, 1, 5, 1))
            .named("all by default, rows of int32, from the end"));
    cases.add(
        Contributed.of("GatherBlockQuantized", bytes(5, 16), rows, uniform(0.25, 1, 5, 2))
            .with("block_size", 16, "gather_axis", -2, "quantize_axis", -1));
    return cases;
  }

  private static Input bytes(long... sizes) {
    long[] elements = new long[(int) Shape.elements(sizes)];
    Arrays.setAll(elements, i -> (i * 89L + 37 + i / 7 * 13L) % 256);
    return fixed(Tensor.converted(ElementType.UINT8, elements, sizes));
  }
}
