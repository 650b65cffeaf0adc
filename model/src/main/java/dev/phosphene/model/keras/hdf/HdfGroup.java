package dev.phosphene.model.keras.hdf;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A group of an HDF5 file, as far as Keras uses it. Links are not followed: they lead out of the
 * file, or in circles.
 */
public final class HdfGroup {
  /** Elements of one attribute: names of layers or of a layer's weights. */
  private static final long MOST_TEXTS = 1_000_000;

  private final Group group;
  private final DatasetReader datasets;

  private HdfGroup(Group group, DatasetReader datasets) {
    this.group = group;
    this.datasets = datasets;
  }

  /**
   * The outermost group of a file.
   *
   * @throws PhospheneException where these bytes are no HDF5 file, or are damaged
   */
  public static HdfGroup root(Region region) {
    // Not closed: nothing is to be released, the region belongs to who opened it.
    return guarded(
        () ->
            new HdfGroup(
                new HdfFile(new BoundedChannel(region)), new DatasetReader(region.size())));
  }

  /** Names of what is in this group, in the file's order. */
  public List<String> names() {
    return guarded(() -> List.copyOf(group.getChildren().keySet()));
  }

  /** A group within this one, by its path; empty where there is none. */
  public Optional<HdfGroup> group(String path) {
    return find(path)
        .filter(Group.class::isInstance)
        .map(node -> new HdfGroup((Group) node, datasets));
  }

  /**
   * A dataset within this group, by its path; empty where there is none. Elements stay in the file
   * where they lie in it as numbers of 32 bits.
   *
   * @throws PhospheneException where it is too large, damaged, or not of numbers
   */
  public Optional<Tensor> tensor(String path) {
    return find(path)
        .filter(Dataset.class::isInstance)
        .map(node -> guarded(() -> datasets.read((Dataset) node)));
  }

  private Optional<Node> find(String path) {
    Node found = group;
    for (String name : path.split("/", -1)) {
      if (!name.isEmpty()) {
        Node around = found;
        Node child = around instanceof Group parent ? guarded(() -> child(parent, name)) : null;
        if (child == null) {
          return Optional.empty();
        }
        found = child;
      }
    }
    return Optional.of(found);
  }

  private static @Nullable Node child(Group parent, String name) {
    Node child = parent.getChildren().get(name);
    if (child != null && child.isLink()) {
      throw new PhospheneException(
          "\"%s\" in it is a link to another place, which is not followed".formatted(name));
    }
    return child;
  }

  /** An attribute that is a text; empty where there is none. */
  public Optional<String> text(String attribute) {
    return texts(attribute).stream().findFirst();
  }

  /** Whether there is an attribute, in one piece or several. */
  public boolean has(String attribute) {
    return guarded(
        () ->
            group.getAttributes().containsKey(attribute)
                || group.getAttributes().containsKey(attribute + 0));
  }

  /**
   * An attribute that is a list of texts; an empty list where there is none. Keras writes long ones
   * in pieces, with a number after the name.
   */
  public List<String> texts(String attribute) {
    return guarded(
        () -> {
          List<String> texts = new ArrayList<>(one(attribute));
          for (int i = 0; texts.size() < MOST_TEXTS; i++) {
            if (!group.getAttributes().containsKey(attribute + i)) {
              break;
            }
            texts.addAll(one(attribute + i));
          }
          return List.copyOf(texts);
        });
  }

  private List<String> one(String name) {
    Attribute attribute = group.getAttributes().get(name);
    if (attribute == null || attribute.isEmpty() || attribute.getSize() == 0) {
      return List.of();
    }
    if (attribute.getSize() > MOST_TEXTS || attribute.getSize() < 0) {
      throw new PhospheneException("attribute \"%s\" in it is too large".formatted(name));
    }
    Object content = attribute.getData();
    if (content instanceof String text) {
      return List.of(text);
    }
    return content instanceof String[] texts ? List.of(texts) : List.of();
  }

  /** Whatever jHDF throws on a damaged file becomes one kind of error. */
  private static <T> T guarded(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (PhospheneException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new PhospheneException("it is a damaged HDF5 file: " + reason(e), e);
    }
  }

  private static String reason(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null && deepest.getCause() != deepest) {
      deepest = deepest.getCause();
    }
    return deepest instanceof LinkageError
        ? "it uses a compression that is not supported"
        : String.valueOf(deepest.getMessage());
  }
}
