package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.List;

/** What a recurrent layer does at each time step. */
interface RecurrentCell {
  /**
   * What can be computed of the input without the states, for all time steps at once.
   *
   * @param sequence {@code [N, T, ...]}
   * @return {@code [N, T, ...]}
   */
  Value prepared(Value sequence);

  /** States before the first time step; their first axis may have size 1 for all examples. */
  List<Value> initialStates();

  /** The same cell, writing the nodes of its steps into a body. */
  RecurrentCell within(Emitter body);

  /**
   * One time step.
   *
   * @param input of {@link #prepared} at the time step, {@code [N, ...]}
   * @param states after the time step before
   */
  Step step(Value input, List<Value> states);

  /**
   * What a time step gives.
   *
   * @param output the layer's output at the time step
   * @param states in the order of Keras
   */
  record Step(Value output, List<Value> states) {
    public Step {
      states = List.copyOf(states);
    }
  }
}
