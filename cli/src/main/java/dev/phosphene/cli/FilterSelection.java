package dev.phosphene.cli;

import dev.phosphene.visualize.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Filters as a person writes them: {@code 20}, {@code 20,21}, {@code 0-63}, {@code all}, any
 * mixture; {@code 20+21} for both together.
 *
 * @param text as written
 * @param parts in the order written
 */
record FilterSelection(String text, List<Part> parts) {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,9})-(\\d{1,9})");
  private static final Pattern TOGETHER = Pattern.compile("\\d{1,9}(\\+\\d{1,9})*");

  /** One of the parts between commas. */
  sealed interface Part {}

  /** All filters of the layer, each for itself. */
  record All() implements Part {}

  /** Filters from first to last, each for itself. */
  record Range(int first, int last) implements Part {}

  /** Filters that are excited by one picture. */
  record Together(List<Integer> filters) implements Part {
    Together {
      filters = List.copyOf(filters);
    }
  }

  FilterSelection {
    parts = List.copyOf(parts);
  }

  /** Reads what stands after {@code --filter}. */
  static final class Converter implements ITypeConverter<FilterSelection> {
    @Override
    public FilterSelection convert(String text) {
      return new FilterSelection(
          text,
          Pattern.compile(",")
              .splitAsStream(text + ",")
              .map(part -> part(part.strip(), text))
              .toList());
    }

    private static Part part(String part, String text) {
      if (part.equals("all")) {
        return new All();
      }
      Matcher range = RANGE.matcher(part);
      if (range.matches()) {
        int first = Integer.parseInt(range.group(1));
        int last = Integer.parseInt(range.group(2));
        if (first <= last) {
          return new Range(first, last);
        }
      }
      if (TOGETHER.matcher(part).matches()) {
        return new Together(
            Pattern.compile("\\+").splitAsStream(part).map(Integer::parseInt).toList());
      }
      throw new TypeConversionException(
          "expected filters such as 20 or 20,21 or 0-63 or all, or 20+21 for both in one picture,"
              + " found \""
              + text
              + "\"");
    }
  }

  /**
   * The filters of each picture.
   *
   * @throws dev.phosphene.graph.PhospheneException where one is not in the layer
   */
  List<List<Integer>> resolve(Target target) {
    List<List<Integer>> pictures = new ArrayList<>();
    for (Part part : parts) {
      if (part instanceof Together together) {
        target.requireFilters(together.filters());
        pictures.add(together.filters());
      } else if (part instanceof Range range) {
        target.requireFilters(List.of(range.first(), range.last()));
        each(range.first(), range.last(), pictures);
      } else {
        each(0, target.filters() - 1, pictures);
      }
    }
    return pictures;
  }

  /** Whether each filter has a picture for itself. */
  boolean isEachAlone() {
    return parts.stream()
        .noneMatch(part -> part instanceof Together together && together.filters().size() > 1);
  }

  /** The filters that are named and that a layer has. */
  List<Integer> existing(Target target) {
    return IntStream.range(0, target.filters()).filter(this::names).boxed().toList();
  }

  private boolean names(int filter) {
    return parts.stream()
        .anyMatch(
            part ->
                part instanceof All
                    || (part instanceof Range range
                        && range.first() <= filter
                        && filter <= range.last())
                    || (part instanceof Together together && together.filters().contains(filter)));
  }

  /**
   * All filters that are named, as one.
   *
   * @throws dev.phosphene.graph.PhospheneException where one is not in the layer
   */
  List<Integer> together(Target target) {
    return resolve(target).stream().flatMap(List::stream).distinct().toList();
  }

  private static void each(int first, int last, List<List<Integer>> pictures) {
    IntStream.rangeClosed(first, last).forEach(filter -> pictures.add(List.of(filter)));
  }
}
