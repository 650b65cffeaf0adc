package dev.phosphene.visualize.atlas;

import dev.phosphene.visualize.Target;
import java.util.List;

/**
 * Filters of a layer that want a picture each: what one machine does with one compiled session.
 *
 * @param filters sorted, none twice
 */
public record LayerWork(Target target, List<Integer> filters) {
  /**
   * Checks the filters.
   *
   * @throws dev.phosphene.graph.PhospheneException where the layer does not have one of them
   */
  public LayerWork {
    filters = filters.stream().distinct().sorted().toList();
    target.requireFilters(filters);
  }
}
