package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Value;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The table of what is known of Keras' layers, by class name. To add a layer, write one method
 * beside its family and add one line to that family's {@code register}; users add their own classes
 * with {@link #with}.
 */
public final class KerasLayers {
  /** All layers of Keras that are known here. */
  public static final KerasLayers STANDARD =
      new Registration()
          .family(Basics::register)
          .family(ActivationLayers::register)
          .family(Convolutions::register)
          .family(Poolings::register)
          .family(Normalizations::register)
          .family(Reshapings::register)
          .family(Mergings::register)
          .family(Preprocessings::register)
          .family(ImageSizes::register)
          .family(AdaptivePoolings::register)
          .family(Encodings::register)
          .family(EinsteinProducts::register)
          .family(Wrappers::register)
          .family(Applications::register)
          .family(Recurrences::register)
          .family(Attentions::register)
          .family(ScoreAttentions::register)
          .family(Operations::register)
          .family(TensorFlowFunctions::register)
          .table();

  /** Before the class name of an operation of {@code keras.ops}, which may be called as a layer. */
  public static final String OPERATION = "keras.ops.";

  private final Map<String, LayerBuilder> builders;

  private KerasLayers(Map<String, LayerBuilder> builders) {
    this.builders = Collections.unmodifiableMap(new LinkedHashMap<>(builders));
  }

  /** The rows of a table while it is made. */
  static final class Registration {
    private final Map<String, LayerBuilder> builders = new LinkedHashMap<>();

    Registration family(Consumer<Registration> rows) {
      rows.accept(this);
      return this;
    }

    /** A layer with one output. */
    Registration layer(String className, Function<LayerCall, Value> builder) {
      return layers(className, call -> List.of(builder.apply(call)));
    }

    /** A layer that may have several outputs. */
    Registration layers(String className, LayerBuilder builder) {
      if (builders.put(className, builder) != null) {
        throw new IllegalStateException(className + " is registered twice");
      }
      return this;
    }

    /** An operation of {@code keras.ops} in a functional model, by its class name there. */
    Registration operation(String className, Function<LayerCall, Value> builder) {
      return layer(OPERATION + className, builder);
    }

    KerasLayers table() {
      return new KerasLayers(builders);
    }
  }

  /**
   * This table with one more class of layers, or another builder for a class.
   *
   * @param className as configurations have it, without the package it is registered under
   */
  public KerasLayers with(String className, LayerBuilder builder) {
    Map<String, LayerBuilder> more = new LinkedHashMap<>(builders);
    more.put(className, builder);
    return new KerasLayers(more);
  }

  /** What builds layers of a class. */
  public Optional<LayerBuilder> find(String className) {
    return Optional.ofNullable(builders.get(className));
  }

  /** Names of all classes that are known, those of {@code keras.ops} with a prefix. */
  public List<String> classNames() {
    return List.copyOf(builders.keySet());
  }
}
