package dev.phosphene.visualize.callback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.visualize.Iteration;
import dev.phosphene.visualize.Losses;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tells every loss of every step as JSON, one object a line and a picture:
 *
 * <pre>{@code
 * {"step":1,"filters":[20],"overall":-0.53,"losses":{"activation":-0.61,"lp norm":0.008}}
 * }</pre>
 *
 * @param lines receives each line
 */
public record JsonLines(Consumer<String> lines) implements Iteration.Listener {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public void onIteration(Iteration iteration) {
    for (int picture = 0; picture < iteration.filters().size(); picture++) {
      Losses losses = iteration.losses().get(picture);
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("step", iteration.number());
      line.put("filters", iteration.filters().get(picture));
      line.put("overall", losses.overall());
      line.put("losses", losses.terms());
      try {
        lines.accept(JSON.writeValueAsString(line));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("Numbers and names are JSON", e);
      }
    }
  }
}
