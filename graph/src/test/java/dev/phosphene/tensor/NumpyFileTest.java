package dev.phosphene.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumpyFileTest {
  /**
   * What NumPy itself wrote for {@code arange(6).reshape(2, 3)}, '>f8', Fortran order, version 2.
   */
  private static final String WRITTEN_BY_NUMPY =
      "k05VTVBZAgB0AAAAeydkZXNjcic6ICc+ZjgnLCAnZm9ydHJhbl9vcmRlcic6IFRydWUsICdzaGFwZSc6ICgyLCAzKSwg"
          + "fSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAA"
          + "AEAIAAAAAAAAP/AAAAAAAABAEAAAAAAAAEAAAAAAAAAAQBQAAAAAAAA=";

  @TempDir Path folder;

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    Tensor tensor = Tensor.of(new float[] {0, 1, -2.5f, 3, Float.NaN, 5}, 1, 2, 3);
    Path file = folder.resolve("x.npy");
    NumpyFile.write(tensor, file);
    Tensor read = NumpyFile.read(file);
    assertThat(read.sizes()).containsExactly(1, 2, 3);
    assertThat(read.toFloats()).containsExactly(tensor.toFloats());
    assertThat(filesIn(folder)).containsExactly("x.npy");
  }

  @Test
  void headIsAsNumpyWritesIt() throws IOException {
    Path file = folder.resolve("x.npy");
    NumpyFile.write(Tensor.of(new float[] {7}, 1), file);
    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes).hasSize(128 + 4);
    assertThat(new String(bytes, 10, 60, StandardCharsets.ISO_8859_1))
        .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }");
    assertThat(bytes[127]).isEqualTo((byte) '\n');
  }

  @Test
  void readsWhatNumpyWrote() throws IOException {
    Path file = folder.resolve("numpy.npy");
    Files.write(file, Base64.getDecoder().decode(WRITTEN_BY_NUMPY));
    Tensor tensor = NumpyFile.read(file);
    assertThat(tensor.type()).isEqualTo(ElementType.FLOAT64);
    assertThat(tensor.sizes()).containsExactly(2, 3);
    assertThat(tensor.toDoubles()).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void fortranOrderOfThreeAxesBecomesC() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(24 * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (int k = 0; k < 4; k++) {
      for (int j = 0; j < 3; j++) {
        for (int i = 0; i < 2; i++) {
          data.putShort((short) (100 * i + 10 * j + k));
        }
      }
    }
    Path file = write(1, "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3, 4), }", data);
    Tensor tensor = NumpyFile.read(file);
    assertThat(tensor.getLong(0)).isZero();
    assertThat(tensor.getLong(1)).isEqualTo(1);
    assertThat(tensor.getLong(4)).isEqualTo(10);
    assertThat(tensor.getLong(23)).isEqualTo(123);
  }

  @Test
  void booleansAndScalarsAreRead() throws IOException {
    Path file =
        write(
            3,
            "{'descr': '|b1', 'fortran_order': False, 'shape': (), }",
            ByteBuffer.wrap(new byte[] {1}));
    Tensor tensor = NumpyFile.read(file);
    assertThat(tensor.type()).isEqualTo(ElementType.BOOL);
    assertThat(tensor.rank()).isZero();
    assertThat(tensor.getLong(0)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 4), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f4', 'shape': (1,), }",
        "",
      })
  void hostileHeadsAreRefusedInOneLine(String head) throws IOException {
    Path file = write(1, head, ByteBuffer.allocate(4));
    assertThatThrownBy(() -> NumpyFile.read(file))
        .isInstanceOf(NumpyFormatException.class)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void longHeadIsRefusedBeforeItIsRead() throws IOException {
    Path file = folder.resolve("long.npy");
    ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0}).putInt(-1);
    Files.write(file, bytes.array());
    assertThatThrownBy(() -> NumpyFile.read(file))
        .isInstanceOf(NumpyFormatException.class)
        .hasMessageContaining("4294967295");
  }

  @Test
  void truncatedAndDamagedFilesNeverGiveAnythingElse() throws IOException {
    byte[] whole = Base64.getDecoder().decode(WRITTEN_BY_NUMPY);
    Path file = folder.resolve("damaged.npy");
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> NumpyFile.read(file)).isInstanceOf(NumpyFormatException.class);
    }
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(128)] = (byte) random.nextInt();
      Files.write(file, damaged);
      try {
        assertThat(NumpyFile.read(file).elements()).isLessThanOrEqualTo(48);
      } catch (NumpyFormatException e) {
        assertThat(e).hasMessageNotContaining("\n");
      }
    }
  }

  @Test
  void nothingIsLeftWhereWritingFails() throws IOException {
    Path taken = Files.createDirectory(folder.resolve("taken.npy"));
    Tensor tensor = Tensor.scalar(1f);
    assertThatThrownBy(() -> NumpyFile.write(tensor, taken)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> NumpyFile.write(tensor, folder.resolve("no/such/folder.npy")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no folder");
    assertThat(filesIn(folder)).containsExactly("taken.npy");
  }

  private Path write(int version, String head, ByteBuffer data) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    byte[] text = (head + "\n").getBytes(StandardCharsets.UTF_8);
    bytes.write(text.length);
    bytes.write(text.length >> 8);
    if (version > 1) {
      bytes.write(0);
      bytes.write(0);
    }
    bytes.write(text);
    Channels.newChannel(bytes).write(data.clear());
    Path file = folder.resolve("made.npy");
    Files.write(file, bytes.toByteArray());
    return file;
  }

  private static Stream<String> filesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList().stream();
    }
  }
}
