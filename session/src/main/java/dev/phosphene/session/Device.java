package dev.phosphene.session;

import dev.phosphene.graph.PhospheneException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What computes a graph.
 *
 * @param isCuda whether it is an NVIDIA GPU, else the processor
 * @param index of the GPU among those of the machine, from 0
 */
public record Device(boolean isCuda, int index) {
  /** The processor. */
  public static final Device CPU = new Device(false, 0);

  private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

  /** An NVIDIA GPU. */
  public static Device cuda(int index) {
    return new Device(true, index);
  }

  /**
   * A device by its name: {@code cpu}, {@code cuda} or {@code cuda:1}.
   *
   * @throws PhospheneException for any other name
   */
  public static Device named(String name) {
    Matcher cuda = CUDA.matcher(name);
    if (cuda.matches()) {
      return cuda(cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
    }
    if (name.equals("cpu")) {
      return CPU;
    }
    throw new PhospheneException(
        "A device should be cpu, cuda or, for the second GPU, cuda:1; found \"%s\""
            .formatted(name));
  }

  @Override
  public String toString() {
    return isCuda ? "cuda:" + index : "cpu";
  }
}
