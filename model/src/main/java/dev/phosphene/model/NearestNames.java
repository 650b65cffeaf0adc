package dev.phosphene.model;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names that someone may have meant who wrote another one. */
final class NearestNames {
  /** Longer names are compared up to here, so that the work stays bounded. */
  private static final int COMPARED_CHARACTERS = 200;

  private record Scored(String name, int distance) {}

  private NearestNames() {}

  /**
   * The nearest of some names: those that contain what was written, then those that differ in few
   * characters (Levenshtein's distance); none where all are far.
   */
  static List<String> of(String wanted, Collection<String> names, int limit) {
    String lower = prepared(wanted);
    int farthest = Math.max(2, lower.length() / 2);
    return names.stream()
        .map(name -> new Scored(name, distance(lower, prepared(name))))
        .filter(scored -> scored.distance() <= farthest)
        .sorted(Comparator.comparingInt(Scored::distance))
        .limit(limit)
        .map(Scored::name)
        .toList();
  }

  private static String prepared(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.length() > COMPARED_CHARACTERS ? lower.substring(0, COMPARED_CHARACTERS) : lower;
  }

  private static int distance(String a, String b) {
    if (!a.isEmpty() && b.contains(a)) {
      return 1;
    }
    int[] previous = new int[b.length() + 1];
    Arrays.setAll(previous, i -> i);
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
