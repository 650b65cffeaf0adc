package dev.phosphene.model.onnx;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.onnx.proto.FunctionProto;
import dev.phosphene.model.onnx.proto.GraphProto;
import dev.phosphene.model.onnx.proto.NodeProto;
import dev.phosphene.model.onnx.proto.SparseTensorProto;
import dev.phosphene.model.onnx.proto.StringStringEntryProto;
import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.model.onnx.proto.ValueInfoProto;
import dev.phosphene.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes the graph of a model, and the graphs within it, of what the file says of them. */
final class GraphDecoder {
  /** Inlining multiplies nodes; a model that gains more by it is an attack, not a network. */
  private static final int MOST_INLINED_NODES = 200_000;

  private final Functions functions;
  private final Map<String, Long> operatorSets;
  private final TensorDecoder tensors;
  private final AttributeDecoder attributes;
  private final NarrowIntegers narrow = new NarrowIntegers();
  private Names names = new Names();
  private int inlined;

  GraphDecoder(
      List<FunctionProto> functions, Map<String, Long> operatorSets, ExternalData external) {
    this.functions = new Functions(functions);
    this.operatorSets = operatorSets;
    this.tensors = new TensorDecoder(external);
    this.attributes = new AttributeDecoder(tensors, this::inner);
  }

  /** The main graph. */
  Graph decode(GraphProto proto, List<ModelParser.Initializer> initializers) {
    names = Names.of(proto, initializers);
    Graph graph = body(proto, initializers, Scope.main(operatorSets));
    Set<String> undefined = graph.captures();
    if (!undefined.isEmpty()) {
      String name = undefined.iterator().next();
      String reader =
          graph.consumers().getOrDefault(name, List.of()).stream()
              .findFirst()
              .map(node -> node.describe() + " reads")
              .orElse("the graph gives");
      throw new PhospheneException(
          "%s \"%s\", which no input, constant or node defines; the file is damaged"
              .formatted(reader, name));
    }
    return graph;
  }

  /** The body of a control flow node. */
  private Graph inner(GraphProto proto, Scope scope) {
    List<ModelParser.Initializer> initializers =
        proto.getInitializerList().stream()
            .map(tensor -> ModelParser.Initializer.of(tensor))
            .toList();
    return body(proto, initializers, scope);
  }

  private Graph body(GraphProto proto, List<ModelParser.Initializer> initializers, Scope scope) {
    GraphDraft draft = new GraphDraft(names);
    for (ModelParser.Initializer initializer : initializers) {
      constant(draft, scope.name(initializer.tensor().getName()), initializer);
    }
    for (SparseTensorProto sparse : proto.getSparseInitializerList()) {
      draft.add(
          Unreadable.constant(scope.name(sparse.getValues().getName()), "a sparse tensor"), 0);
    }
    for (ValueInfoProto input : proto.getInputList()) {
      draft.input(ValueDecoder.decode(scope.name(input.getName()), input));
    }
    for (ValueInfoProto info : proto.getValueInfoList()) {
      draft.declare(ValueDecoder.decode(scope.name(info.getName()), info));
    }
    for (ValueInfoProto output : proto.getOutputList()) {
      draft.output(ValueDecoder.decode(scope.name(output.getName()), output));
    }
    proto.getNodeList().forEach(node -> add(draft, node, scope));
    return draft.build();
  }

  private void add(GraphDraft draft, NodeProto proto, Scope scope) {
    if (scope.isFunction() && ++inlined > MOST_INLINED_NODES) {
      throw new PhospheneException(
          "its functions have more than %d nodes once inlined".formatted(MOST_INLINED_NODES));
    }
    Optional<FunctionProto> function = functions.called(proto);
    if (function.isPresent()) {
      inline(draft, function.get(), proto, scope);
      return;
    }
    String name = proto.getName().isEmpty() ? "" : scope.prefix() + proto.getName();
    List<String> inputs = proto.getInputList().stream().map(scope::name).toList();
    List<String> outputs = proto.getOutputList().stream().map(scope::name).toList();
    OperatorType type = new OperatorType(proto.getDomain(), proto.getOpType());
    Optional<Attributes> decoded = attributes.decode(proto, scope);
    if (type.equals(OperatorType.of("Constant")) && outputs.size() == 1) {
      Optional<Tensor> value = decoded.flatMap(AttributeDecoder::constant);
      if (value.isPresent()) {
        draft.constant(outputs.get(0), value.get());
      } else {
        draft.add(Unreadable.constant(outputs.get(0), "text, sparse, or of an unknown type"), 0);
      }
      return;
    }
    long operatorSet = scope.operatorSet(type.domain());
    if (type.domain().isEmpty() && operatorSet == 0) {
      throw new PhospheneException(
          "it does not say which version of the ONNX operators it uses; the file is damaged");
    }
    if (decoded.isEmpty()) {
      String reason = "an attribute of it is of a kind that Phosphene does not know";
      draft.add(Unreadable.node(name, type.toString(), inputs, outputs, reason), 0);
      return;
    }
    Map<String, String> metadata = metadata(proto, scope);
    metadata.put(Node.Metadata.OPERATOR_SET, Long.toString(operatorSet));
    Node node = new Node(name, type, inputs, outputs, decoded.get(), metadata);
    if (narrow.isQuantizing(node)) {
      String reason = "it rounds to integers of less than 8 bits, which Phosphene does not do";
      draft.add(Unreadable.node(name, type.toString(), inputs, outputs, reason), 0);
      return;
    }
    for (Node part : narrow.separated(node, names)) {
      draft.add(part, operatorSet);
    }
  }

  private void constant(GraphDraft draft, String name, ModelParser.Initializer initializer) {
    TensorProto proto = initializer.tensor();
    Optional<Tensor> tensor =
        narrow.decode(name, initializer, tensors).or(() -> tensors.decode(name, initializer));
    if (tensor.isPresent()) {
      draft.constant(name, tensor.get());
    } else {
      String type = ElementTypes.describe(proto.getDataType());
      draft.add(Unreadable.constant(name, "of type " + type), 0);
    }
  }

  private void inline(GraphDraft draft, FunctionProto function, NodeProto call, Scope scope) {
    String like = call.getName().isEmpty() ? function.getName() : call.getName();
    String prefix = names.freshPrefix(scope.prefix() + like);
    Scope within = Functions.open(function, call, scope, prefix, metadata(call, scope));
    function.getNodeList().forEach(node -> add(draft, node, within));
    for (int i = 0; i < function.getOutputCount() && i < call.getOutputCount(); i++) {
      String given = within.name(function.getOutput(i));
      String wanted = scope.name(call.getOutput(i));
      if (!wanted.isEmpty() && !given.equals(wanted)) { // the function hands an input through
        draft.add(
            new Node(
                prefix + "Identity",
                OperatorType.of("Identity"),
                List.of(given),
                List.of(wanted),
                Attributes.none(),
                within.metadata()),
            scope.operatorSet(""));
      }
    }
  }

  private static Map<String, String> metadata(NodeProto proto, Scope scope) {
    Map<String, String> metadata = new LinkedHashMap<>(scope.metadata());
    for (StringStringEntryProto entry : proto.getMetadataPropsList()) {
      metadata.put(entry.getKey(), entry.getValue());
    }
    return metadata;
  }
}
