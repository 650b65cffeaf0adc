package dev.phosphene.model.onnx;

import dev.phosphene.model.onnx.proto.AttributeProto;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where nodes stand: in the main graph, or in a function that is inlined there.
 *
 * @param prefix that makes names within a function unique; empty in the main graph
 * @param bound a function's formal inputs and outputs to the values that its caller gives
 * @param arguments attributes of the calling node by name
 * @param operatorSets version of the operators by domain
 * @param callers functions on the way here, none of which may be called again
 * @param metadata notes of the calling node, which its nodes inherit
 * @param isFunction whether attributes may refer to arguments
 */
record Scope(
    String prefix,
    Map<String, String> bound,
    Map<String, AttributeProto> arguments,
    Map<String, Long> operatorSets,
    Set<Functions.Key> callers,
    Map<String, String> metadata,
    boolean isFunction) {

  static Scope main(Map<String, Long> operatorSets) {
    return new Scope("", Map.of(), Map.of(), operatorSets, Set.of(), Map.of(), false);
  }

  /** The name that a value of this scope has in the graph; empty for the empty name. */
  String name(String local) {
    if (local.isEmpty()) {
      return "";
    }
    String actual = bound.get(local);
    return actual != null ? actual : prefix + local;
  }

  /** An attribute with a reference to an argument resolved; empty where there is none. */
  Optional<AttributeProto> resolve(AttributeProto attribute) {
    if (!isFunction || attribute.getRefAttrName().isEmpty()) {
      return Optional.of(attribute);
    }
    return Optional.ofNullable(arguments.get(attribute.getRefAttrName()))
        .map(argument -> argument.toBuilder().setName(attribute.getName()).build());
  }

  long operatorSet(String domain) {
    return operatorSets.getOrDefault(domain, 0L);
  }
}
