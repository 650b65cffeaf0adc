package dev.phosphene.gradient.rule;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientRule;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.loop.Inlining;
import dev.phosphene.graph.loop.ScanBuilder;
import dev.phosphene.graph.loop.ScanForm;
import dev.phosphene.graph.loop.ScanForm.Slices;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The gradient of a Scan is a Scan that goes the other way. With states h, sequences read x and
 * given y, and steps {@code (h', y) = f(h, x)}, its steps are {@code (dh, dx) = J(h, x)^T (dh',
 * dy)}: the forward body once more and its vector-Jacobian product, by the rules of the run.
 *
 * <p>The forward Scan additionally gives the states that its steps found, as far as the products
 * read them; what lies between states is computed again. The gradients at states go from step to
 * step; so do the sums of gradients at values that the body reads of the graph around it.
 */
final class ScanRule implements GradientRule {
  @Override
  public void apply(Backward backward) {
    ScanForm form =
        ScanForm.of(backward.node())
            .orElseThrow(
                () -> backward.error("its body does not fit the numbers of inputs and outputs"));
    long steps = form.steps(backward.input(form.states()));
    if (steps < 1) {
      throw backward.error(
          "its gradient needs the number of steps, found a sequence of shape %s; fix the input's shape"
              .formatted(backward.input(form.states()).shape()));
    }
    new Loop(backward, form, new ScanBuilder(backward, steps)).run();
  }

  /** One Scan and the one that goes back. Positions are those of inputs, then of captures. */
  private static final class Loop {
    private final Backward backward;
    private final ScanForm form;
    private final ScanBuilder scan;
    private final List<Value> captures;

    /** Gradients at states as they come from the step after, by the states' positions. */
    private final Map<Integer, Value> carried = new LinkedHashMap<>();

    /** The positions of what the loop gives: first its states, then its stacks. */
    private final List<Integer> states = new ArrayList<>();

    private final List<Integer> stacks = new ArrayList<>();

    Loop(Backward backward, ScanForm form, ScanBuilder scan) {
      this.backward = backward;
      this.form = form;
      this.scan = scan;
      this.captures = backward.captures();
    }

    void run() {
      List<Value> read = arguments();
      List<Value> outputs = Inlining.into(scan.body(), form.body(), read);
      read.addAll(captures);
      List<Integer> wanted = new ArrayList<>(dependentStates());
      Map<String, Value> seeds = seeds(outputs, wanted);
      IntStream.range(form.states(), read.size()).filter(backward::wants).forEach(wanted::add);
      List<Optional<Value>> products =
          backward.productsWithin(scan.body(), seeds, wanted.stream().map(read::get).toList());
      for (int i = 0; i < products.size(); i++) {
        hand(wanted.get(i), read.get(wanted.get(i)), products.get(i));
      }
      List<Value> results = scan.finish();
      states.addAll(stacks);
      for (int i = 0; i < results.size(); i++) {
        backward.give(states.get(i), results.get(i));
      }
    }

    /** What takes the place of the forward body's inputs. */
    private List<Value> arguments() {
      KeptStates kept = new KeptStates(backward, form);
      List<Value> arguments = new ArrayList<>();
      for (int i = 0; i < backward.inputs(); i++) {
        Value input = backward.input(i);
        backward.sizes(input); // have to be known
        int state = i;
        arguments.add(
            i < form.states()
                ? scan.slice(input, kept.slices().reversed(), () -> kept.of(state))
                : scan.slice(input, form.read().get(i - form.states()).reversed()));
      }
      return arguments;
    }

    /** The states that depend on something wanted, in the first step or in a later one. */
    private List<Integer> dependentStates() {
      Graph body = form.body();
      Set<String> dependent = new HashSet<>();
      for (int i = 0; i < backward.inputs(); i++) {
        if (backward.wants(i)) {
          dependent.add(body.inputs().get(i).name());
        }
      }
      for (int i = 0; i < captures.size(); i++) {
        if (backward.wants(backward.inputs() + i)) {
          dependent.add(captures.get(i).name());
        }
      }
      int before;
      do {
        before = dependent.size();
        for (Node node : body.nodes()) {
          if (Graph.reads(node).stream().anyMatch(dependent::contains)) {
            dependent.addAll(node.outputs());
          }
        }
        for (int i = 0; i < form.states(); i++) {
          if (dependent.contains(body.outputs().get(i))) {
            dependent.add(body.inputs().get(i).name());
          }
        }
      } while (dependent.size() > before);
      return IntStream.range(0, form.states())
          .filter(i -> dependent.contains(body.inputs().get(i).name()))
          .filter(i -> backward.input(i).type().isFloating())
          .boxed()
          .toList();
    }

    /** The gradients at the outputs of a step. */
    private Map<String, Value> seeds(List<Value> outputs, List<Integer> dependentStates) {
      Map<String, Value> seeds = new HashMap<>();
      for (int i : dependentStates) {
        Value last = backward.gradient(i).orElseGet(() -> backward.zerosLike(backward.input(i)));
        carried.put(i, scan.state(last));
        states.add(i);
        seeds.merge(outputs.get(i).name(), carried.get(i), scan.body()::add);
      }
      for (int i = form.states(); i < outputs.size(); i++) {
        Slices slices = form.given().get(i - form.states()).reversed();
        Optional<Value> slice = backward.gradient(i).map(whole -> scan.slice(whole, slices));
        if (slice.isPresent()) {
          seeds.merge(outputs.get(i).name(), slice.get(), scan.body()::add);
        }
      }
      return seeds;
    }

    /** Hands the gradient at a state to the step before, and that at all else to the outside. */
    private void hand(int position, Value value, Optional<Value> product) {
      GraphBuilder body = scan.body();
      if (carried.containsKey(position)) {
        Value zeros = body.expand(body.scalarLike(value, 0), backward.sizes(value));
        scan.next(carried.get(position), product.orElse(zeros));
      } else if (product.isPresent() && position < backward.inputs()) {
        scan.stack(product.get(), form.read().get(position - form.states()).reversed());
        stacks.add(position);
      } else if (product.isPresent()) {
        Value sum = scan.state(backward.zerosLike(value));
        scan.next(sum, body.add(sum, product.get()));
        states.add(position);
      }
    }
  }
}
