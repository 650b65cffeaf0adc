package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.tensor.Shape;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Finds which values of a graph are sequences of tokens that lie over the input as a grid.
 *
 * <p>A grid arises where a reshape joins the positions of a map of channels into one axis. The axis
 * is followed from there; tokens that are joined to it at an end are special ones, such as a class
 * token. It ends where positions are mixed, chosen, or become a map again.
 */
public final class TokenGrids {
  private static final Set<String> RESHAPING = Set.of("Reshape", "Flatten");

  /** Of one axis of positions; the product of all is an integer. */
  private static final long LARGEST_SIDE = 1000;

  private static final int MOST_SIDES = 3;

  private final Graph graph;
  private final AxisFlow flow;
  private final ChannelAxes channels;
  private final Map<String, TokenGrid> grids = new HashMap<>();

  private TokenGrids(Graph graph) {
    this.graph = graph;
    this.flow = new AxisFlow(graph);
    this.channels = new ChannelAxes(graph);
  }

  /** The grids of a graph; sizes along the axes of positions have to be known. */
  public static TokenGrids of(Graph graph) {
    TokenGrids grids = new TokenGrids(graph);
    graph.nodes().forEach(grids::visit);
    return grids;
  }

  /** The grid of a value; empty where it has none. */
  public Optional<TokenGrid> of(String value) {
    return Optional.ofNullable(grids.get(value));
  }

  private void visit(Node node) {
    for (int input = 0; input < node.inputs().size(); input++) {
      TokenGrid grid = grids.get(node.input(input));
      if (grid != null && after(node, input, grid)) {
        return;
      }
    }
    if (RESHAPING.contains(node.type().name())) {
      arising(node).ifPresent(grid -> grids.put(node.output(0), grid));
    }
  }

  /** Notes the grid of what a node gives; false where the grid of this input ends there. */
  private boolean after(Node node, int input, TokenGrid grid) {
    switch (node.type().name()) {
      case "Concat" -> {
        return concatenated(node, input, grid);
      }
      case "Split" -> {
        return split(node, grid);
      }
      case "Slice" -> {
        Optional<TokenRun> run = TokenRun.of(graph, node, grid.axis());
        if (input == 0 && run.isPresent()) {
          return part(grid, run.get().first(), run.get().end())
              .filter(rest -> put(node.output(0), rest))
              .isPresent();
        }
      }
      default -> {}
    }
    OptionalInt axis = flow.follow(node, input, grid.axis());
    return axis.isPresent() && put(node.output(0), grid.at(axis.getAsInt()));
  }

  private boolean put(String value, TokenGrid grid) {
    Shape shape = graph.value(value).shape();
    boolean fits =
        shape.isRankKnown()
            && grid.axis() < shape.rank()
            && shape.size(grid.axis()) == grid.tokens();
    if (fits) {
      grids.put(value, grid);
    }
    return fits;
  }

  private boolean concatenated(Node node, int input, TokenGrid grid) {
    Shape result = graph.value(node.output(0)).shape();
    long axis = node.attributes().integer("axis", 0);
    if (!result.isRankKnown() || (axis < 0 ? axis + result.rank() : axis) != grid.axis()) {
      return put(node.output(0), grid);
    }
    long before = grid.before();
    long after = grid.after();
    for (int other = 0; other < node.inputs().size(); other++) {
      Shape shape = graph.value(node.input(other)).shape();
      if (other != input && (!shape.isRankKnown() || grids.containsKey(node.input(other)))) {
        return false;
      }
      before += other < input ? shape.size(grid.axis()) : 0;
      after += other > input ? shape.size(grid.axis()) : 0;
    }
    return put(node.output(0), grid.withSpecial(before, after));
  }

  private boolean split(Node node, TokenGrid grid) {
    Shape from = graph.value(node.input(0)).shape();
    long given = node.attributes().integer("axis", 0);
    boolean ofTokens = (given < 0 ? given + from.rank() : given) == grid.axis();
    long start = 0;
    boolean any = false;
    for (String output : node.outputs()) {
      Shape part = graph.value(output).shape();
      if (!part.isRankKnown()) {
        return false;
      }
      long end = start + (ofTokens ? part.size(grid.axis()) : grid.tokens());
      Optional<TokenGrid> rest = part(grid, start, end);
      any |= rest.isPresent() && put(output, rest.get());
      start = ofTokens ? end : 0;
    }
    return any;
  }

  /** The grid of some of the tokens in a row; empty where not all its positions are among them. */
  private static Optional<TokenGrid> part(TokenGrid grid, long start, long end) {
    long last = grid.before() + (long) grid.positions();
    return start <= grid.before() && end >= last
        ? Optional.of(grid.withSpecial(grid.before() - start, end - last))
        : Optional.empty();
  }

  /** The grid where positions of a map of channels are joined into one axis. */
  private Optional<TokenGrid> arising(Node node) {
    String map = node.input(0);
    Shape from = graph.value(map).shape();
    Shape to = graph.value(node.output(0)).shape();
    OptionalInt filters = channels.isCertain(map) ? channels.of(map) : OptionalInt.empty();
    if (filters.isEmpty() || grids.containsKey(map)) {
      return Optional.empty();
    }
    for (ReshapedAxes.Run run : ReshapedAxes.of(from, to).runs()) {
      boolean joined = run.from().size() > 1 && run.to().size() == 1;
      if (joined && !run.from().contains(0) && !run.from().contains(filters.getAsInt())) {
        return grid(run, from, filters.getAsInt());
      }
    }
    return Optional.empty();
  }

  private static Optional<TokenGrid> grid(ReshapedAxes.Run run, Shape map, int filterAxis) {
    long[] sizes = run.from().stream().mapToLong(map::size).toArray();
    boolean known = Arrays.stream(sizes).allMatch(size -> size > 0 && size <= LARGEST_SIDE);
    return known && sizes.length <= MOST_SIDES
        ? Optional.of(
            new TokenGrid(
                run.to().get(0),
                0,
                Arrays.stream(sizes).mapToObj(Math::toIntExact).toList(),
                0,
                (int) map.size(filterAxis)))
        : Optional.empty();
  }

  /**
   * Values of which targets look at every position, not only at special tokens: after the last
   * attention, a network that classifies by its class token looks at nothing else.
   */
  public Set<String> lookedAt(Collection<String> targets) {
    Set<String> whole = new HashSet<>(targets);
    Set<String> special = new HashSet<>();
    List<Node> nodes = graph.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      boolean isWhole = node.outputs().stream().anyMatch(whole::contains);
      if (!isWhole && node.outputs().stream().noneMatch(special::contains)) {
        continue;
      }
      for (int input = 0; input < node.inputs().size(); input++) {
        boolean onlySpecial =
            choosesSpecial(node, input) || (!isWhole && keepsTokensApart(node, input));
        (onlySpecial ? special : whole).add(node.input(input));
      }
    }
    return whole;
  }

  private boolean keepsTokensApart(Node node, int input) {
    TokenGrid from = grids.get(node.input(input));
    TokenGrid to = grids.get(node.output(0));
    if (from == null) {
      return false;
    }
    if (to == null) {
      // What was chosen of the tokens before has no grid any more, but still only special tokens.
      return flow.follow(node, input, from.axis()).isPresent();
    }
    boolean mixes =
        (node.is("Softmax") || node.is("LogSoftmax"))
            && Math.floorMod(
                    node.attributes().integer("axis", -1),
                    graph.value(node.output(0)).shape().rank())
                == to.axis();
    OptionalInt axis = flow.follow(node, input, from.axis());
    return !mixes && axis.isPresent() && axis.getAsInt() == to.axis();
  }

  /** Whether a node takes special tokens from this input and leaves all positions. */
  private boolean choosesSpecial(Node node, int input) {
    TokenGrid grid = grids.get(node.input(input));
    if (grid == null || input != 0) {
      return false;
    }
    return TokenRun.of(graph, node, grid.axis())
        .filter(run -> !grid.containsPositions(run.first(), run.end()))
        .isPresent();
  }
}
