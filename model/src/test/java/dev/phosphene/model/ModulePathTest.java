package dev.phosphene.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModulePathTest {
  private static Node node(String name, Map<String, String> metadata) {
    return new Node(
        name,
        OperatorType.of("Conv"),
        List.of("x", "w"),
        List.of("y"),
        Attributes.none(),
        metadata);
  }

  /** Names as torch.onnx.export(dynamo=False) gives them to torchvision's networks and others. */
  @ParameterizedTest
  @CsvSource({
    "/conv1/Conv, conv1, Conv",
    "/layer1/layer1.0/conv1/Conv, layer1.0.conv1, Conv",
    "/layer1/layer1.0/Add, layer1.0, Add",
    "/layer1/layer1.0/relu_1/Relu, layer1.0.relu_1, Relu",
    "/features/features.0/features.0.0/Conv, features.0.0, Conv",
    "/features/features.8/conv/conv.1/conv.1.0/Conv, features.8.conv.1.0, Conv",
    "/layers/layers.10/layers.10.0/layers/layers.3/Conv, layers.10.0.layers.3, Conv",
    "/stage1/block1/conv1/Conv, stage1.block1.conv1, Conv",
    "/Flatten, '', Flatten",
    "/Add_12, '', Add_12",
    "Conv_25, '', Conv_25",
    "'', '', ''",
    "/, '', ''",
  })
  void pathsInNames(String name, String module, String leaf) {
    assertThat(ModulePath.of(node(name, Map.of()), ""))
        .isEqualTo(new ModulePath(module, leaf, null));
  }

  @Test
  void nameScopesOfDynamo() {
    assertThat(scoped("['', 'layer1', 'layer1.0', 'layer1.0.relu', 'relu_4']", "").module())
        .isEqualTo("layer1.0.relu");
    assertThat(scoped("['', 'view']", "").module()).isEmpty();
    assertThat(scoped("[]", "").module()).isEmpty();
    assertThat(scoped("not a list", "").module()).isEmpty();
    assertThat(scoped("['', \"it's\", 'add']", "").module()).isEqualTo("it's");
  }

  @Test
  void convolutionWithFoldedNormalizationHasBothNames() {
    ModulePath path =
        scoped("['', 'layer1', 'layer1.0', 'layer1.0.bn1', 'batch_norm']", "layer1.0.conv1.weight");
    assertThat(path.module()).isEqualTo("layer1.0.conv1");
    assertThat(path.alias()).isEqualTo("layer1.0.bn1");
  }

  @Test
  void weightSharedFromElsewhereDoesNotRenameAModule() {
    assertThat(scoped("['', 'decoder', 'decoder.head', 'linear']", "encoder.embed.weight").module())
        .isEqualTo("decoder.head");
  }

  @Test
  void weightsNameModulesWhereNothingElseDoes() {
    assertThat(ModulePath.of(node("Conv_12", Map.of()), "layer1.0.conv1.weight").module())
        .isEqualTo("layer1.0.conv1");
  }

  private static ModulePath scoped(String scopes, String weight) {
    return ModulePath.of(node("node_1", Map.of(ModulePath.NAME_SCOPES, scopes)), weight);
  }
}
