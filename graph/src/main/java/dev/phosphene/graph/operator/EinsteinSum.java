package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Einsum: sums of products written with a letter an axis, as in {@code "bij,bjk->bik"}. */
final class EinsteinSum {
  private static final String ELLIPSIS = "...";

  private final Inference node;
  private final String equation;
  private final Map<Character, Dimension> sizes = new TreeMap<>();
  private final Map<Character, Integer> uses = new TreeMap<>();
  private Shape ellipsis = Shape.scalar();
  private boolean complete = true;

  private EinsteinSum(Inference node, String equation) {
    this.node = node;
    this.equation = equation;
  }

  static List<OperatorSpec> specs() {
    return List.of(new OperatorSpec("Einsum", 12, EinsteinSum::infer));
  }

  private static void infer(Inference node) {
    String equation = node.attributes().text("equation", "").replace(" ", "");
    node.output(
        0, Casting.commonType(node, 0, node.inputs()), new EinsteinSum(node, equation).shape());
  }

  private Shape shape() {
    int arrow = equation.indexOf("->");
    String[] terms = (arrow < 0 ? equation : equation.substring(0, arrow)).split(",", -1);
    if (terms.length != node.inputs()) {
      throw error("it has %d terms for %d inputs".formatted(terms.length, node.inputs()));
    }
    for (int i = 0; i < terms.length; i++) {
      read(terms[i], node.shape(i));
    }
    return output(arrow < 0 ? implicitOutput(terms) : equation.substring(arrow + 2));
  }

  private void read(String term, Shape shape) {
    String letters = letters(term);
    letters.chars().forEach(letter -> uses.merge((char) letter, 1, Integer::sum));
    boolean hasEllipsis = letters.length() < term.length();
    if (!shape.isRankKnown()) {
      letters.chars().forEach(letter -> sizes.putIfAbsent((char) letter, Dimension.unknown()));
      complete &= !hasEllipsis;
      return;
    }
    int covered = shape.rank() - letters.length();
    if (covered < 0 || (covered > 0 && !hasEllipsis)) {
      throw error("term \"%s\" does not fit shape %s".formatted(term, shape));
    }
    int before = hasEllipsis ? term.indexOf(ELLIPSIS) : letters.length();
    for (int i = 0; i < letters.length(); i++) {
      Dimension size = shape.dimension(i < before ? i : i + covered);
      sizes.merge(letters.charAt(i), size, this::unified);
    }
    if (hasEllipsis) {
      Shape extra = Shape.of(shape.dimensions().subList(before, before + covered));
      ellipsis = Broadcasting.broadcast(node, ellipsis, extra);
    }
  }

  /** Sizes of one letter agree; ONNX Runtime lets 1 broadcast. */
  private Dimension unified(Dimension a, Dimension b) {
    if (a.size() == 1) {
      return b;
    }
    return b.size() == 1 ? a : Axes.unify(node, "sizes of one letter of \"" + equation + '"', a, b);
  }

  private String letters(String term) {
    String letters = term.replace(ELLIPSIS, "");
    boolean once = term.length() - letters.length() <= ELLIPSIS.length();
    if (!once || !letters.chars().allMatch(Character::isLetter)) {
      throw error("term \"" + term + "\" should be letters, with at most one \"...\"");
    }
    return letters;
  }

  /** Axes of the ellipsis, then the letters that stand only once, in alphabetical order. */
  private String implicitOutput(String[] terms) {
    StringBuilder output =
        new StringBuilder(String.join("", terms).contains(ELLIPSIS) ? ELLIPSIS : "");
    uses.forEach((letter, count) -> output.append(count == 1 ? letter.toString() : ""));
    return output.toString();
  }

  private Shape output(String term) {
    String letters = letters(term);
    boolean hasEllipsis = letters.length() < term.length();
    if (hasEllipsis && !complete) {
      return Shape.unknown();
    }
    int before = hasEllipsis ? term.indexOf(ELLIPSIS) : letters.length();
    List<Dimension> result = new ArrayList<>();
    for (int i = 0; i <= letters.length(); i++) {
      if (i == before && hasEllipsis) {
        result.addAll(ellipsis.dimensions());
      }
      if (i < letters.length()) {
        Dimension size = sizes.get(letters.charAt(i));
        if (size == null) {
          throw error("letter " + letters.charAt(i) + " is in no input");
        }
        result.add(size);
      }
    }
    Axes.requireLength(node, result.size());
    return Shape.of(result);
  }

  private PhospheneException error(String problem) {
    return node.error("equation \"%s\": %s".formatted(equation, problem));
  }
}
