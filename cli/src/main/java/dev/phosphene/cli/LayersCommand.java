package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.cli.picture.LayerListing;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.model.TokenGrid;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists what can be visualized. */
@Command(
    name = "layers",
    customSynopsis = "phosphene layers MODEL [OPTIONS]",
    mixinStandardHelpOptions = true,
    description = "List the layers of a model, and what it expects of its input.")
final class LayersCommand implements Callable<Integer> {
  @Mixin private ModelOptions modelOptions;
  @Mixin private ContractOptions contractOptions;
  @Mixin private OutputOptions outputOptions;

  @Override
  public Integer call() {
    Console console = outputOptions.console();
    Model model = modelOptions.open();
    InputContract contract = contractOptions.contract(model);
    if (outputOptions.isJson()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("model", modelOptions.name());
      json.put("sha256", model.sha256());
      json.put("input", ContractOptions.json(contract));
      json.put("labels", model.labels());
      json.put("layers", model.layers().layers().stream().map(LayersCommand::json).toList());
      outputOptions.printJson(console, json);
      return 0;
    }
    LayerListing.lines(model.layers().layers()).forEach(console::result);
    console.result("");
    ContractOptions.announce(console::result, model, contract);
    return 0;
  }

  private static Map<String, Object> json(Layer layer) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("index", layer.index() == Layer.UNLISTED ? null : layer.index());
    json.put("name", layer.name());
    json.put("kind", layer.kind());
    json.put("shape", layer.shape().isRankKnown() ? layer.shape().sizes() : null);
    json.put("filters", layer.filters().isPresent() ? layer.filters().getAsLong() : null);
    json.put("parameters", layer.parameters());
    layer.tokens().ifPresent(grid -> json.put("tokens", tokens(grid)));
    return json;
  }

  private static Map<String, Object> tokens(TokenGrid grid) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("axis", grid.axis());
    json.put("before", grid.before());
    json.put("sizes", grid.sizes());
    json.put("after", grid.after());
    return json;
  }
}
