package dev.phosphene.model;

import dev.phosphene.graph.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a node stands in the code that the model was exported from.
 *
 * @param module full name of the module, {@code layer1.0.conv1}; empty outside of all modules
 * @param leaf what the node is called within its module; empty where the file does not say
 * @param alias another name of the module; null where it has one only
 */
record ModulePath(String module, String leaf, @Nullable String alias) {
  /** Where PyTorch's exporter since version 2.5 notes the modules around a node. */
  static final String NAME_SCOPES = "pkg.torch.onnx.name_scopes";

  private static final Pattern QUOTED = Pattern.compile("'((?:[^'\\\\]|\\\\.)*)'|\"([^\"]*)\"");

  /** Operators into which a normalization after them can be folded. */
  private static final Set<String> HOSTS = Set.of("Conv", "ConvTranspose", "Gemm");

  /** How PyTorch names the weight of a module. */
  private static final String WEIGHT_SUFFIX = ".weight";

  /**
   * The path of a node, by what its file has: name scopes, a path as name, or the name of its
   * weight.
   *
   * @param weight name of the constant that the node multiplies with; empty where there is none
   */
  static ModulePath of(Node node, String weight) {
    String scopes = node.metadata().get(NAME_SCOPES);
    Optional<String> weighted = moduleOfWeight(weight);
    if (scopes != null) {
      return ofScopes(scopes, HOSTS.contains(node.type().name()) ? weighted : Optional.empty());
    }
    String name = node.name();
    if (name.startsWith("/")) {
      return ofPath(name.substring(1).split("/", -1));
    }
    return weighted
        .map(module -> new ModulePath(module, node.type().name(), null))
        .orElseGet(() -> new ModulePath("", name, null));
  }

  /**
   * The module in a list of name scopes: its last element is the node itself, the one before it the
   * module. A batch normalization folded into a convolution leaves the convolution with the
   * normalization's scope; its weight tells better.
   */
  private static ModulePath ofScopes(String scopes, Optional<String> weighted) {
    List<String> elements = new ArrayList<>();
    Matcher matcher = QUOTED.matcher(scopes);
    while (matcher.find()) {
      elements.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
    }
    String module = elements.size() < 2 ? "" : elements.get(elements.size() - 2);
    if (weighted.isPresent()
        && !weighted.get().equals(module)
        && parent(weighted.get()).equals(parent(module))) {
      return new ModulePath(weighted.get(), "", module.isEmpty() ? null : module);
    }
    return new ModulePath(module, "", null);
  }

  /**
   * The module in a path such as {@code /layer1/layer1.0/conv1/Conv}: an element that begins with
   * the one before it and a dot stands for both, any other is within the one before it.
   */
  private static ModulePath ofPath(String[] elements) {
    StringBuilder module = new StringBuilder();
    String previous = "";
    int start = 0;
    for (int i = 0; i < elements.length - 1; i++) {
      String element = elements[i];
      if (!previous.isEmpty() && element.startsWith(previous + ".")) {
        module.setLength(start);
      } else if (module.length() > 0) {
        module.append('.');
        start = module.length();
      }
      module.append(element);
      previous = element;
    }
    return new ModulePath(module.toString(), elements[elements.length - 1], null);
  }

  private static Optional<String> moduleOfWeight(String weight) {
    return weight.endsWith(WEIGHT_SUFFIX) && weight.length() > WEIGHT_SUFFIX.length()
        ? Optional.of(weight.substring(0, weight.length() - WEIGHT_SUFFIX.length()))
        : Optional.empty();
  }

  /** The module around a module; empty for one at the top. */
  static String parent(String module) {
    int dot = module.lastIndexOf('.');
    return dot < 0 ? "" : module.substring(0, dot);
  }
}
