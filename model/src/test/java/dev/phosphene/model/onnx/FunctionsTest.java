package dev.phosphene.model.onnx;

import static dev.phosphene.model.onnx.Protos.attribute;
import static dev.phosphene.model.onnx.Protos.graph;
import static dev.phosphene.model.onnx.Protos.model;
import static dev.phosphene.model.onnx.Protos.node;
import static dev.phosphene.model.onnx.Protos.operatorSet;
import static dev.phosphene.model.onnx.Protos.reference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.onnx.proto.AttributeProto.AttributeType;
import dev.phosphene.model.onnx.proto.FunctionProto;
import dev.phosphene.model.onnx.proto.ModelProto;
import dev.phosphene.model.onnx.proto.NodeProto;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionsTest {
  private static final long[] ROWS = {-1, 4};

  @TempDir Path folder;

  private static FunctionProto.Builder function(
      String name, String inputs, String outputs, NodeProto.Builder... nodes) {
    FunctionProto.Builder function =
        FunctionProto.newBuilder()
            .setDomain("own")
            .setName(name)
            .addOpsetImport(operatorSet("", 17));
    for (String input : inputs.split(" ", -1)) {
      function.addInput(input);
    }
    for (String output : outputs.split(" ", -1)) {
      function.addOutput(output);
    }
    for (NodeProto.Builder node : nodes) {
      function.addNode(node);
    }
    return function;
  }

  private static NodeProto.Builder call(String name, String function, String names) {
    return node(function, names).setDomain("own").setName(name);
  }

  private Graph read(ModelProto.Builder model, FunctionProto.Builder... functions) {
    for (FunctionProto.Builder function : functions) {
      model.addFunctions(function);
    }
    return Protos.read(folder, model.addOpsetImport(operatorSet("own", 1))).graph();
  }

  @Test
  void callsAreInlinedUnderNamesOfTheirOwn() {
    Graph graph =
        read(
            model(
                17, graph(ROWS, "y", call("first", "F", "x -> h"), call("second", "F", "h -> y"))),
            function("F", "a", "b", node("Relu", "a -> t").setName("r"), node("Exp", "t -> b")));
    assertThat(graph.nodes())
        .extracting(Node::toString)
        .containsExactly(
            "first/t = Relu(x)", "h = Exp(first/t)", "second/t = Relu(h)", "y = Exp(second/t)");
    assertThat(graph.nodes().get(0).name()).isEqualTo("first/r");
    assertThat(graph.value("y").shape()).hasToString("[N, 4]");
  }

  @Test
  void nestedCallsAndNamesThatWouldClash() {
    Graph graph =
        read(
            model(17, graph(ROWS, "y", call("f", "Outer", "x -> y"), node("Exp", "x -> f/t"))),
            function("Outer", "a", "b", call("g", "Inner", "a -> t"), node("Relu", "t -> b")),
            function("Inner", "t", "a", node("Neg", "t -> u"), node("Abs", "u -> a")));
    Set<String> names = new HashSet<>();
    graph.nodes().forEach(node -> assertThat(names.addAll(node.outputs())).isTrue());
    assertThat(graph.nodes())
        .extracting(n -> n.type().name())
        .containsExactly("Neg", "Abs", "Relu", "Exp");
    assertThat(names).contains("y", "f/t");
  }

  @Test
  void attributesAreHandedOnOrTakeTheirDefault() {
    FunctionProto.Builder inner =
        function(
                "Inner",
                "a",
                "b",
                node("LeakyRelu", "a -> b", reference("alpha", AttributeType.FLOAT, "slope")))
            .addAttributeProto(attribute("slope", 0.25f));
    NodeProto.Builder hand =
        call("g", "Inner", "a -> b")
            .addAttribute(reference("slope", AttributeType.FLOAT, "steepness"));
    FunctionProto.Builder outer = function("Outer", "a", "b", hand).addAttribute("steepness");
    Graph graph =
        read(
            model(
                17,
                graph(
                    ROWS,
                    "y",
                    call("one", "Outer", "x -> p").addAttribute(attribute("steepness", 0.5f)),
                    call("two", "Outer", "p -> y"))),
            inner,
            outer);
    assertThat(graph.nodes())
        .extracting(node -> node.attributes().real("alpha", -1))
        .containsExactly(0.5f, 0.25f);
  }

  @Test
  void overloadsAreToldApart() {
    Graph graph =
        read(
            model(17, graph(ROWS, "y", call("f", "F", "x -> y").setOverload("2"))),
            function("F", "a", "b", node("Relu", "a -> b")).setOverload("1"),
            function("F", "a", "b", node("Exp", "a -> b")).setOverload("2"));
    assertThat(graph.nodes()).extracting(n -> n.type().name()).containsExactly("Exp");
  }

  @Test
  void inputsHandedThroughAndLeftOut() {
    Graph graph =
        read(
            model(17, graph(ROWS, "y", call("f", "F", "x -> y unused"))),
            function("F", "a low", "a b", node("Clip", "a low -> b")));
    assertThat(graph.nodes())
        .extracting(Node::toString)
        .containsExactly("unused = Clip(x, )", "y = Identity(x)");
  }

  @Test
  void functionsOfOlderOperatorsAreUpgraded() {
    FunctionProto.Builder old =
        function("F", "a", "b", node("Unsqueeze", "a -> b", attribute("axes", new long[] {0})))
            .setOpsetImport(0, operatorSet("", 11));
    Graph graph = read(model(17, graph(ROWS, "y", call("f", "F", "x -> y"))), old);
    assertThat(graph.nodes().get(0).inputs()).hasSize(2);
    assertThat(graph.nodes().get(0).metadata()).containsEntry(Node.Metadata.OPERATOR_SET, "11");
  }

  @Test
  void functionsThatCallThemselvesAreRefused() {
    assertThatThrownBy(
            () ->
                read(
                    model(17, graph(ROWS, "y", call("f", "F", "x -> y"))),
                    function("F", "a", "b", call("g", "G", "a -> b")),
                    function("G", "a", "b", call("f", "F", "a -> b"))))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("own.F")
        .hasMessageContaining("calls itself");
  }

  @Test
  void functionsThatMultiplyWithoutEndAreRefused() {
    ModelProto.Builder model = model(17, graph(ROWS, "y", call("f", "F0", "x -> y")));
    for (int i = 0; i < 40; i++) {
      String next = "F" + (i + 1);
      model.addFunctions(
          function("F" + i, "a", "b", call("l", next, "a -> t"), call("r", next, "t -> b")));
    }
    model.addFunctions(function("F40", "a", "b", node("Relu", "a -> b")));
    assertThatThrownBy(() -> read(model))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("more than");
  }

  @Test
  void metadataOfTheCallIsInherited() {
    NodeProto.Builder call =
        call("f", "F", "x -> y").addMetadataProps(Protos.entry("scope", "layer1"));
    Graph graph =
        read(model(17, graph(ROWS, "y", call)), function("F", "a", "b", node("Relu", "a -> b")));
    assertThat(List.of(graph.nodes().get(0).metadata().get("scope"))).containsExactly("layer1");
  }
}
