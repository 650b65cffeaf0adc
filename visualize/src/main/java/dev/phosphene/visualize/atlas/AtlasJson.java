package dev.phosphene.visualize.atlas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** How an index is written and read: nothing unknown; ASCII, so that any program can show it. */
final class AtlasJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private AtlasJson() {}

  static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  static byte[] write(AtlasIndex index) {
    try {
      return MAPPER.writeValueAsBytes(index);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("An index is JSON", e);
    }
  }

  static AtlasIndex read(byte[] json) throws IOException {
    AtlasIndex index = MAPPER.readValue(json, AtlasIndex.class);
    if (index == null) {
      throw new IOException("The file holds null");
    }
    return index;
  }
}
