package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  @TempDir Path folder;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void failInTheMiddle(OutputStream stream) throws IOException {
    stream.write(new byte[100_000]);
    stream.flush();
    throw new IOException("disk: No space left on device");
  }

  @Test
  void writesAndReplaces() throws IOException {
    Path file = folder.resolve("out.bin");
    WholeFile.write(file, stream -> stream.write(1));
    WholeFile.write(file, stream -> stream.write(new byte[] {2, 3}));
    assertThat(file).hasBinaryContent(new byte[] {2, 3});
    assertThat(names()).containsExactly("out.bin");
  }

  @Test
  void failureInTheMiddleLeavesNothing() throws IOException {
    Path file = folder.resolve("out.bin");
    assertThatThrownBy(() -> WholeFile.write(file, WholeFileTest::failInTheMiddle))
        .isInstanceOf(PhospheneException.class)
        .hasMessage(
            file + ": could not be written (No space left on device): nothing was left behind");
    assertThat(names()).isEmpty();
  }

  @Test
  void failureInTheMiddleKeepsTheOlderFile() throws IOException {
    Path file = Files.write(folder.resolve("out.bin"), new byte[] {7});
    assertThatThrownBy(() -> WholeFile.write(file, WholeFileTest::failInTheMiddle))
        .isInstanceOf(PhospheneException.class);
    assertThatThrownBy(
            () ->
                WholeFile.write(
                    file,
                    stream -> {
                      stream.write(1);
                      throw new IllegalStateException("a defect");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(file).hasBinaryContent(new byte[] {7});
    assertThat(names()).containsExactly("out.bin");
  }

  @Test
  void targetThatIsADirectoryOrHasNoFolder() throws IOException {
    assertThatThrownBy(() -> WholeFile.write(folder, stream -> stream.write(1)))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("found a directory");
    Path lost = folder.resolve("none").resolve("out.bin");
    assertThatThrownBy(() -> WholeFile.write(lost, stream -> stream.write(1)))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("the folder " + lost.getParent() + " does not exist");
    assertThat(names()).isEmpty();
  }

  @Test
  void protectedFolderGivesOneLine() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Assumptions.assumeTrue(closed.toFile().setWritable(false));
    Assumptions.assumeFalse(Files.isWritable(closed), "an administrator may write anywhere");
    assertThatThrownBy(() -> WholeFile.write(closed.resolve("out.bin"), stream -> stream.write(1)))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("no permission");
  }

  @Test
  void linkIsFollowed() throws IOException {
    Path real = Files.write(folder.resolve("real"), new byte[] {1});
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    WholeFile.write(link, stream -> stream.write(2));
    assertThat(link).isSymbolicLink();
    assertThat(real).hasBinaryContent(new byte[] {2});
    Path lost = Files.createSymbolicLink(folder.resolve("lost"), folder.resolve("nothing"));
    assertThatThrownBy(() -> WholeFile.write(lost, stream -> stream.write(2)))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("leads nowhere");
  }

  @Test
  void anInterruptOfTheThreadDoesNotBreakTheFile() {
    Path file = folder.resolve("out.bin");
    Thread.currentThread().interrupt();
    try {
      WholeFile.write(file, stream -> stream.write(new byte[100_000]));
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(file).hasSize(100_000);
  }

  @Test
  void deviceIsWrittenDirectly() {
    Path device = Path.of("/dev/null");
    Assumptions.assumeTrue(Files.exists(device));
    WholeFile.write(device, stream -> stream.write(2));
    assertThat(Files.isRegularFile(device)).isFalse();
  }
}
