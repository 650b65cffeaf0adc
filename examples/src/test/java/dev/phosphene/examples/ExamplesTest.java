package dev.phosphene.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.image.Image;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every example runs and writes the pictures of its page. */
class ExamplesTest {
  private static final Map<Consumer<String[]>, List<String>> PICTURES =
      Map.of(
          Classes::main, List.of("classes.png"),
          FilterSheets::main,
              List.of("filters-early.png", "filters-middle.png", "filters-late.png"),
          AppleCounter::main, List.of("apple-counter.png"),
          FruitLabels::main, List.of("fruit-labels.png"),
          Regularizers::main, List.of("regularizers.png"),
          OwnLoss::main, List.of("own-loss.png", "own-backprop.png"),
          SignalsAndVolumes::main, List.of("signals.png", "volumes.png"),
          Explanations::main, List.of("explanations.png"));

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> writeTheirPictures() {
    return PICTURES.entrySet().stream()
        .map(
            example ->
                DynamicTest.dynamicTest(
                    example.getValue().get(0), () -> runs(example.getKey(), example.getValue())));
  }

  private void runs(Consumer<String[]> main, List<String> pictures) {
    main.accept(new String[] {folder.toString()});
    for (String name : pictures) {
      Image picture = Image.read(folder.resolve(name));
      long colours =
          IntStream.range(0, picture.width() * picture.height())
              .map(at -> picture.pixel(at % picture.width(), at / picture.width()))
              .distinct()
              .count();
      System.out.printf("%s: %s, %d colours%n", name, picture, colours);
      assertThat(colours).isGreaterThan(100);
    }
  }
}
