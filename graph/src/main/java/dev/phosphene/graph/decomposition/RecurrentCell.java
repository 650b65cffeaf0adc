package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Value;

/**
 * One time step of a recurrent layer in one direction. All values of a step have a leading axis of
 * one: {@code [1, batch, hidden]}.
 */
interface RecurrentCell {
  /**
   * What a step hands to the next.
   *
   * @param hidden the state that is also the step's output
   * @param memory the cell state of an LSTM, absent for others
   */
  record State(Value hidden, Value memory) {}

  /**
   * The next state.
   *
   * @param projected the step's input times the input weights, and the input biases: {@code [1,
   *     batch, gates * hidden]}
   */
  State next(Value projected, State state);
}
