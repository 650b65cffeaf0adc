package dev.phosphene.session;

import ai.onnxruntime.OrtException;
import dev.phosphene.graph.PhospheneException;
import java.util.regex.Pattern;

/** Turns what the runtime reports into one line for a user: no source paths, no signatures. */
final class RuntimeFailure {
  private static final Pattern ERROR_CODE = Pattern.compile("^Error code - \\w+ - message: ");

  /** {@code /src/core/graph.cc:12 void Graph::resolve(int, const T&) }, as C++ assertions print. */
  private static final Pattern SOURCE_POSITION =
      Pattern.compile("\\S+\\.(?:cc|cpp|cxx|h|hpp):\\d+ (?:[^()]{0,300}\\([^()]{0,1000}\\)\\s*)?");

  /** What the runtime says of a type that the operator's specification leaves out. */
  private static final String TYPE_NOT_ALLOWED = "Type Error: Type 'tensor(";

  private static final int LONGEST_MESSAGE = 400;

  private RuntimeFailure() {}

  static PhospheneException compiling(OrtException failure) {
    String problem = clean(failure);
    boolean isWithoutKernel = failure.getCode() == OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED;
    if (isWithoutKernel || problem.contains(TYPE_NOT_ALLOWED)) {
      return new UnsupportedKernelException(
          "ONNX Runtime cannot compute this graph: " + problem, failure);
    }
    return new PhospheneException("ONNX Runtime refused this graph: " + problem, failure);
  }

  static PhospheneException running(OrtException failure) {
    return new PhospheneException("ONNX Runtime failed: " + clean(failure), failure);
  }

  private static String clean(OrtException failure) {
    return clean(String.valueOf(failure.getMessage()));
  }

  static String clean(String message) {
    String text = ERROR_CODE.matcher(message).replaceFirst("");
    text = SOURCE_POSITION.matcher(text).replaceAll("");
    int end = text.indexOf('\n');
    text = (end < 0 ? text : text.substring(0, end)).strip();
    return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE) + "...";
  }
}
