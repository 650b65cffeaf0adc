package dev.phosphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.image.Image;
import dev.phosphene.image.PngFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code atlas}, on two layers of the embedded network. */
class AtlasIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Program program;

  @BeforeEach
  void prepare() {
    program = new Program(folder);
  }

  private static String[] atlas(String... options) {
    List<String> all = new ArrayList<>(List.of("atlas", "demo", "-o", "atlas"));
    all.addAll(List.of(options));
    return all.toArray(String[]::new);
  }

  private JsonNode index() throws Exception {
    return JSON.readTree(folder.resolve("atlas/index.json").toFile());
  }

  private static JsonNode json(Program.Result result) throws Exception {
    assertThat(result.status()).as(String.join("\n", result.errors())).isZero();
    return JSON.readTree(result.output());
  }

  @Test
  void picturesPagesPhotosAndReplay() throws Exception {
    Path photos = Files.createDirectory(folder.resolve("photos"));
    for (int i = 0; i < 3; i++) {
      byte[] pixels = new byte[40 * 30 * 3];
      new Random(i).nextBytes(pixels);
      PngFile.write(photos.resolve(i + ".png"), Image.of(40, 30, pixels));
    }
    Files.writeString(photos.resolve("damaged.png"), "no picture");
    String[] command =
        atlas(
            "--layer",
            "stem.c*",
            "--layer",
            "head",
            "--filter",
            "0-2,23",
            "--iterations",
            "2",
            "--photos",
            "photos",
            "--top",
            "2",
            "--json");
    Program.Result first = program.run(command);
    JsonNode summary = json(first);
    assertThat(summary.path("made").asInt()).isEqualTo(7); // the head has no filter 23
    assertThat(first.errors()).anyMatch(line -> line.contains("damaged.png"));
    JsonNode head = index().path("layers").path(1);
    assertThat(head.path("name").asText()).isEqualTo("head");
    JsonNode airplane = head.path("pictures").path(0);
    assertThat(airplane.path("label").asText()).isEqualTo("airplane");
    assertThat(airplane.path("photos")).hasSize(2);
    for (JsonNode photo : airplane.path("photos")) {
      assertThat(folder.resolve("atlas").resolve(photo.path("file").asText())).isRegularFile();
    }
    assertThat(folder.resolve("atlas/index.html")).content().contains("layers/029-head/index.html");
    assertThat(folder.resolve("atlas/layers/029-head/index.html")).content().contains("airplane");
    assertThat(program.run("replay", "atlas/" + airplane.path("file").asText()).status()).isZero();

    JsonNode again = json(program.run(command));
    assertThat(again.path("made").asInt()).isZero();
    assertThat(again.path("kept").asInt()).isEqualTo(7);

    Program.Result other =
        program.run(atlas("--layer", "head", "--iterations", "3", "--seed", "1"));
    assertThat(other.status()).isEqualTo(1);
    assertThat(other.errors()).hasSize(1);
    assertThat(other.errors().get(0))
        .contains("seed 0, now 1; recipe iterations 2, now 3")
        .contains("choose another folder");
  }

  @Test
  void interruptedWorkIsContinued() throws Exception {
    String[] command = atlas("--layer", "stage1.conv", "--layer", "head", "--iterations", "12");
    Program.Run run = program.start(command);
    await(run, folder.resolve("atlas/layers/003-stage1.conv/filter-0015.png"));
    run.interrupt();
    Program.Result result = run.finish();
    assertThat(result.status()).isEqualTo(130);
    assertThat(result.errors()).anyMatch(line -> line.contains("Interrupted: "));
    int finished = index().path("layers").path(0).path("pictures").size();
    assertThat(finished).isBetween(16, 47);
    assertThat(folder.resolve("atlas/index.html")).content().contains("of 48 filters");

    List<String> rest = new ArrayList<>(List.of(command));
    rest.add("--json");
    JsonNode summary = json(program.run(rest.toArray(String[]::new)));
    assertThat(summary.path("kept").asInt()).isEqualTo(finished);
    assertThat(summary.path("made").asInt()).isEqualTo(58 - finished);
    assertThat(index().path("layers").path(0).path("pictures")).hasSize(48);
  }

  private static void await(Program.Run run, Path file) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!Files.exists(file)) {
      assertThat(run.process().isAlive()).isTrue();
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
  }

  @Test
  void wrongUse() throws Exception {
    assertRefused(2, "wants several in one", atlas("--filter", "1+2"));
    assertRefused(2, "add --photos FOLDER", atlas("--top", "3"));
    assertRefused(1, "found nothing: check the path", atlas("--photos", "absent"));
    assertRefused(1, "None of the 1 layers has a filter", atlas("-l", "head", "-f", "10-12"));
    assertRefused(1, "no layer \"haed\"", atlas("--layer", "haed"));
    assertThat(folder.resolve("atlas")).doesNotExist();
    Files.writeString(Files.createDirectory(folder.resolve("atlas")).resolve("mine"), "");
    assertRefused(1, "found \"mine\" and no index.json", atlas("--layer", "head"));
  }

  private void assertRefused(int status, String message, String... command) throws Exception {
    Program.Result result = program.run(command);
    assertThat(result.status()).isEqualTo(status);
    assertThat(result.errors()).hasSize(1);
    assertThat(result.errors().get(0)).contains(message);
  }
}
