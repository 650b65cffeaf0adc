package dev.phosphene.gradient.rule;

import dev.phosphene.gradient.Backward;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The equation of an Einsum node with its ellipses written out: a letter for every axis.
 *
 * @param terms the labels of each input's axes
 * @param output the labels of the output's axes
 * @param diagonals pairs of labels that an input's term had as one: only elements of equal
 *     positions along both count
 * @param sizes the size that each label stands for
 */
record EinsumEquation(
    List<String> terms, String output, List<String> diagonals, Map<Character, Long> sizes) {
  private static final String ELLIPSIS = "...";

  EinsumEquation {
    terms = List.copyOf(terms);
    diagonals = List.copyOf(diagonals);
    sizes = Map.copyOf(sizes);
  }

  /**
   * Reads the equation of a node.
   *
   * @throws dev.phosphene.graph.PhospheneException where the equation does not fit the inputs
   */
  static EinsumEquation of(Backward backward) {
    String text = backward.attributes().text("equation", "").replaceAll("\\s", "");
    int arrow = text.indexOf("->");
    String inputs = arrow < 0 ? text : text.substring(0, arrow);
    List<String> terms = new ArrayList<>(Arrays.asList(inputs.split(",", -1)));
    if (terms.size() != backward.inputs()) {
      throw unreadable(backward, text);
    }
    String output = arrow < 0 ? implicitOutput(terms) : text.substring(arrow + 2);
    int most = 0;
    for (int input = 0; input < terms.size(); input++) {
      most = Math.max(most, ellipsisAxes(backward, terms.get(input), input));
    }
    String letters = unusedLetters(text, most);
    for (int input = 0; input < terms.size(); input++) {
      int axes = ellipsisAxes(backward, terms.get(input), input);
      terms.set(
          input, terms.get(input).replace(ELLIPSIS, letters.substring(letters.length() - axes)));
    }
    output = output.replace(ELLIPSIS, letters);
    List<String> diagonals = separateDiagonals(terms, text + letters);
    return new EinsumEquation(terms, output, diagonals, sizes(backward, terms, text));
  }

  /** Gives a label of its own to every axis of a term that repeats one. */
  private static List<String> separateDiagonals(List<String> terms, String used) {
    List<String> diagonals = new ArrayList<>();
    String taken = used;
    for (int input = 0; input < terms.size(); input++) {
      StringBuilder term = new StringBuilder();
      for (char label : terms.get(input).toCharArray()) {
        char own = label;
        if (term.indexOf(Character.toString(label)) >= 0) {
          own = unusedLetters(taken, 1).charAt(0);
          taken += own;
          diagonals.add("" + label + own);
        }
        term.append(own);
      }
      terms.set(input, term.toString());
    }
    return diagonals;
  }

  long size(char label) {
    return sizes.get(label);
  }

  /** Without an arrow: the ellipsis, then labels that occur once, in alphabetical order. */
  private static String implicitOutput(List<String> terms) {
    String all = String.join("", terms);
    String once =
        all.chars()
            .filter(c -> Character.isLetter(c) && all.indexOf(c) == all.lastIndexOf(c))
            .sorted()
            .mapToObj(Character::toString)
            .collect(Collectors.joining());
    return (all.contains(ELLIPSIS) ? ELLIPSIS : "") + once;
  }

  private static int ellipsisAxes(Backward backward, String term, int input) {
    int axes = backward.input(input).rank();
    boolean hasEllipsis = term.contains(ELLIPSIS);
    int left = axes - (hasEllipsis ? term.length() - ELLIPSIS.length() : term.length());
    if (left < 0 || (left > 0 && !hasEllipsis)) {
      throw unreadable(backward, term);
    }
    return left;
  }

  private static String unusedLetters(String text, int count) {
    return IntStream.concat(IntStream.rangeClosed('A', 'Z'), IntStream.rangeClosed('a', 'z'))
        .filter(letter -> text.indexOf(letter) < 0)
        .limit(count)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static Map<Character, Long> sizes(Backward backward, List<String> terms, String text) {
    Map<Character, Long> sizes = new TreeMap<>();
    for (int input = 0; input < terms.size(); input++) {
      String term = terms.get(input);
      long[] found = backward.sizes(backward.input(input));
      if (found.length != term.length()) {
        throw unreadable(backward, text);
      }
      for (int axis = 0; axis < found.length; axis++) {
        sizes.merge(term.charAt(axis), found[axis], Math::max);
      }
    }
    return sizes;
  }

  private static RuntimeException unreadable(Backward backward, String text) {
    return backward.error("the equation \"" + text + "\" does not fit its inputs");
  }
}
