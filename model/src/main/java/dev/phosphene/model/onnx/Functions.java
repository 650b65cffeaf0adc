package dev.phosphene.model.onnx;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.onnx.proto.AttributeProto;
import dev.phosphene.model.onnx.proto.FunctionProto;
import dev.phosphene.model.onnx.proto.NodeProto;
import dev.phosphene.model.onnx.proto.OperatorSetIdProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The local functions of a model, and the scopes that calls of them open. */
final class Functions {
  /** Functions may call functions to this depth; exporters nest as deep as modules do. */
  private static final int DEEPEST_CALL = 100;

  private final Map<Key, FunctionProto> functions = new HashMap<>();

  /** What a node names a function by. */
  record Key(String domain, String name, String overload) {
    Key {
      domain = domain.equals("ai.onnx") ? "" : domain;
    }

    @Override
    public String toString() {
      return (domain.isEmpty() ? "" : domain + ".")
          + name
          + (overload.isEmpty() ? "" : ":" + overload);
    }
  }

  Functions(List<FunctionProto> protos) {
    for (FunctionProto proto : protos) {
      functions.put(new Key(proto.getDomain(), proto.getName(), proto.getOverload()), proto);
    }
  }

  /** The function that a node calls; empty where it is an operator. */
  Optional<FunctionProto> called(NodeProto call) {
    return functions.isEmpty() ? Optional.empty() : Optional.ofNullable(functions.get(key(call)));
  }

  private static Key key(NodeProto call) {
    return new Key(call.getDomain(), call.getOpType(), call.getOverload());
  }

  /**
   * The scope of a function's nodes for one call.
   *
   * @param prefix that no name in the graph starts with
   * @throws PhospheneException where a function calls itself or calls nest too deeply
   */
  static Scope open(
      FunctionProto function,
      NodeProto call,
      Scope caller,
      String prefix,
      Map<String, String> notes) {
    Key key = key(call);
    Set<Key> callers = new HashSet<>(caller.callers());
    if (!callers.add(key)) {
      throw new PhospheneException(
          "its function %s calls itself; the model file is damaged".formatted(key));
    }
    if (callers.size() > DEEPEST_CALL) {
      throw new PhospheneException(
          "its functions call each other more than %d deep".formatted(DEEPEST_CALL));
    }
    return new Scope(
        prefix,
        bind(function, call, caller),
        arguments(function, call, caller),
        operatorSets(function, caller),
        callers,
        notes,
        true);
  }

  private static Map<String, String> bind(FunctionProto function, NodeProto call, Scope caller) {
    Map<String, String> bound = new HashMap<>();
    for (int i = 0; i < function.getOutputCount() && i < call.getOutputCount(); i++) {
      if (!call.getOutput(i).isEmpty()) {
        bound.put(function.getOutput(i), caller.name(call.getOutput(i)));
      }
    }
    for (int i = 0; i < function.getInputCount(); i++) {
      // An input that is not given is absent wherever the function reads it.
      bound.put(
          function.getInput(i), i < call.getInputCount() ? caller.name(call.getInput(i)) : "");
    }
    return bound;
  }

  private static Map<String, AttributeProto> arguments(
      FunctionProto function, NodeProto call, Scope caller) {
    Map<String, AttributeProto> arguments = new HashMap<>();
    for (AttributeProto otherwise : function.getAttributeProtoList()) {
      arguments.put(otherwise.getName(), otherwise);
    }
    for (AttributeProto given : call.getAttributeList()) {
      caller.resolve(given).ifPresent(argument -> arguments.put(given.getName(), argument));
    }
    return arguments;
  }

  private static Map<String, Long> operatorSets(FunctionProto function, Scope caller) {
    Map<String, Long> versions = new LinkedHashMap<>(caller.operatorSets());
    for (OperatorSetIdProto set : function.getOpsetImportList()) {
      String domain = set.getDomain().equals("ai.onnx") ? "" : set.getDomain();
      versions.put(domain, set.getVersion());
    }
    return versions;
  }
}
