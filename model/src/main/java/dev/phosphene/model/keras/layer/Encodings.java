package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;

/**
 * Layers that turn numbers into categories, and categories into vectors. No gradient passes them to
 * their input; that of an embedding's output is the one to ask for.
 */
final class Encodings {
  /** Each is an element of every output. */
  private static final long MOST_CATEGORIES = 1 << 22;

  private Encodings() {}

  static void register(Registration table) {
    table
        .layer("Embedding", Encodings::embed)
        .layer("Masking", Encodings::mask)
        .layer("Discretization", Encodings::discretize)
        .layer("CategoryEncoding", Encodings::encode);
  }

  private static Value embed(LayerCall call) {
    Emitter graph = call.graph();
    Tensor table =
        call.weight(
            "embeddings", call.config().count("input_dim"), call.config().count("output_dim"));
    Value indices = graph.cast(call.input(), ElementType.INT64);
    return graph.apply(
        "Gather", Attributes.of("axis", 0), call.constant("embeddings", table), indices);
  }

  /** Zeros where all along the last axis is the value that masks. */
  private static Value mask(LayerCall call) {
    Emitter graph = call.graph();
    Value x = call.input();
    Value masking = graph.scalarLike(x, call.config().number("mask_value", 0));
    Value differs = graph.cast(graph.apply("Not", graph.equal(x, masking)), x.type());
    return graph.multiply(x, graph.reduce("ReduceMax", differs, true, x.rank() - 1));
  }

  /** How many boundaries a number is not below. */
  private static Value discretize(LayerCall call) {
    Emitter graph = call.graph();
    double[] boundaries = call.config().numbers("bin_boundaries");
    if (boundaries.length == 0) {
      throw call.error(
          "its boundaries are not in the configuration; call adapt(...) before saving the model");
    }
    Value x = graph.unsqueeze(graph.cast(call.input(), ElementType.FLOAT32), call.input().rank());
    Value reached = graph.apply("GreaterOrEqual", x, call.constant(boundaries));
    Value bins =
        graph.reduceSum(graph.cast(reached, ElementType.INT32), false, call.input().rank());
    String mode = call.config().text("output_mode", "int");
    return mode.equals("int") ? bins : encoded(call, bins, boundaries.length + 1L, mode);
  }

  private static Value encode(LayerCall call) {
    if (call.inputs().size() > 1 || call.named().get("count_weights") instanceof Argument.Given) {
      throw call.error("weights of counts are not supported; export the model as ONNX");
    }
    String mode = call.config().text("output_mode", "multi_hot");
    return encoded(call, call.input(), call.config().count("num_tokens"), mode);
  }

  private static Value encoded(LayerCall call, Value categories, long depth, String mode) {
    Emitter graph = call.graph();
    if (depth > MOST_CATEGORIES) {
      throw call.error("%d categories are more than %d".formatted(depth, MOST_CATEGORIES));
    }
    Value indices = graph.cast(categories, ElementType.INT64);
    if (mode.equals("one_hot") && indices.rank() > 1 && indices.size(-1) == 1) {
      indices = graph.squeeze(indices, -1);
    }
    long[] all = new long[Math.toIntExact(depth)];
    for (int category = 0; category < all.length; category++) {
      all[category] = category;
    }
    Value equal = graph.equal(graph.unsqueeze(indices, indices.rank()), graph.integers(all));
    Value hot = graph.cast(equal, ElementType.FLOAT32);
    int along = indices.rank() > 1 ? indices.rank() - 1 : 0;
    return switch (mode) {
      case "one_hot" -> hot;
      case "multi_hot", "binary" -> graph.reduce("ReduceMax", hot, false, along);
      case "count" -> graph.reduceSum(hot, false, Math.min(1, along));
      default -> throw call.config().unexpected("output_mode", "int, one_hot, multi_hot or count");
    };
  }
}
