import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Activation;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.testkit.KerasComparison;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Compares a network with what Keras computed for it, the softmax at its end made linear; one line
 * of JSON. keras_applications.py runs this as a source file, with Phosphene on the class path.
 */
public final class KerasApplications {
  private KerasApplications() {}

  /** Takes the model's file and that of the reference. */
  public static void main(String[] arguments) throws IOException {
    try {
      compare(Path.of(arguments[0]), Path.of(arguments[1]));
    } catch (PhospheneException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  private static void compare(Path file, Path reference) throws IOException {
    Model opened = Model.open(file);
    Layer last = opened.layers().find("-1");
    Model model = opened.withActivation(last.name(), Activation.LINEAR);
    KerasComparison.Result result = KerasComparison.of(model, reference);
    List<String> names =
        opened.layers().layers().stream()
            .filter(layer -> layer.index() != Layer.UNLISTED)
            .map(Layer::name)
            .toList();
    if (!names.equals(result.layers())) {
      throw new PhospheneException("Expected the layers %s, found %s".formatted(result.layers(), names));
    }
    // Not a number counts as worst.
    Map.Entry<String, Double> worst =
        result.errors().entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
    System.out.printf(
        Locale.ROOT,
        "{\"layers\": %d, \"where\": \"%s\", \"worst\": %e, \"gradient\": %e, \"noise\": %e}%n",
        names.size(),
        worst.getKey(),
        worst.getValue(),
        result.gradient(),
        result.noise());
  }
}
