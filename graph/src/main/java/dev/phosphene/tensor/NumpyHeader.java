package dev.phosphene.tensor;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The head of a .npy file: a Python dictionary as text, such as {@code {'descr': '<f4',
 * 'fortran_order': False, 'shape': (1, 3), }}.
 *
 * @param type of the elements
 * @param order of the bytes within an element
 * @param fortranOrder whether the first axis varies fastest
 * @param sizes along the axes
 */
record NumpyHeader(ElementType type, ByteOrder order, boolean fortranOrder, long[] sizes) {
  private static final Pattern TYPE =
      Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]*)['\"]");

  private static final Pattern ORDER =
      Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");

  private static final Pattern SHAPE =
      Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9,\\sL]*)\\)");

  /** NumPy's own limit on the number of axes. */
  private static final int MOST_AXES = 64;

  /**
   * Parses the dictionary.
   *
   * @throws NumpyFormatException where it is malformed, or of a type that holds no real numbers
   */
  static NumpyHeader parse(String text) throws NumpyFormatException {
    Matcher type = TYPE.matcher(text);
    Matcher order = ORDER.matcher(text);
    Matcher shape = SHAPE.matcher(text);
    if (!type.find()) {
      throw new NumpyFormatException(
          "its head names no type of numbers (structured arrays are not read)");
    }
    if (!order.find() || !shape.find()) {
      throw new NumpyFormatException("its head is damaged");
    }
    String description = type.group(1);
    ByteOrder byteOrder =
        description.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return new NumpyHeader(
        elementType(description), byteOrder, order.group(1).equals("True"), sizes(shape.group(1)));
  }

  private static ElementType elementType(String description) throws NumpyFormatException {
    String code =
        description.isEmpty() || "<>|=".indexOf(description.charAt(0)) < 0
            ? description
            : description.substring(1);
    return switch (code) {
      case "f4" -> ElementType.FLOAT32;
      case "f8" -> ElementType.FLOAT64;
      case "f2" -> ElementType.FLOAT16;
      case "i1" -> ElementType.INT8;
      case "i2" -> ElementType.INT16;
      case "i4" -> ElementType.INT32;
      case "i8" -> ElementType.INT64;
      case "u1" -> ElementType.UINT8;
      case "u2" -> ElementType.UINT16;
      case "u4" -> ElementType.UINT32;
      case "u8" -> ElementType.UINT64;
      case "b1" -> ElementType.BOOL;
      default ->
          throw new NumpyFormatException(
              "its elements have type \"%s\", expected real numbers such as <f4 or <f8"
                  .formatted(description.replaceAll("\\p{Cntrl}", " ")));
    };
  }

  private static long[] sizes(String text) throws NumpyFormatException {
    List<Long> sizes = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String number = part.strip().replace("L", ""); // Python 2 wrote 3L
      if (number.isEmpty()) {
        continue;
      }
      try {
        sizes.add(Long.parseLong(number));
      } catch (NumberFormatException e) {
        throw new NumpyFormatException("its shape is damaged");
      }
    }
    if (sizes.size() > MOST_AXES) {
      throw new NumpyFormatException("it has more than %d axes".formatted(MOST_AXES));
    }
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }

  /** The dictionary of a float32 array in C order. */
  static String describe(long[] sizes) {
    String shape = Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining(", "));
    return "{'descr': '<f4', 'fortran_order': False, 'shape': (%s%s), }"
        .formatted(shape, sizes.length == 1 ? "," : "");
  }
}
