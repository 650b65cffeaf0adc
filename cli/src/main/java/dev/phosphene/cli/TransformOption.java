package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.visualize.transform.Blur;
import dev.phosphene.visualize.transform.ColourJitter;
import dev.phosphene.visualize.transform.Crop;
import dev.phosphene.visualize.transform.Flip;
import dev.phosphene.visualize.transform.Jitter;
import dev.phosphene.visualize.transform.Noise;
import dev.phosphene.visualize.transform.Pad;
import dev.phosphene.visualize.transform.RandomAffine;
import dev.phosphene.visualize.transform.Rotate;
import dev.phosphene.visualize.transform.Sampling;
import dev.phosphene.visualize.transform.Scale;
import dev.phosphene.visualize.transform.Transform;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Random transforms from the command line, in the place of a recipe's: one after the other. */
final class TransformOption {
  private static final String NONE = "none";

  private static final Map<String, Kind> KINDS = kinds();

  @Option(
      names = "--transform",
      paramLabel = "KIND=SETTINGS",
      converter = Converter.class,
      description = {
        "A random change of the image at each step, in the place of the recipe's; several are"
            + " applied in their order:",
        "jitter=8 (pixels; or 0.05 of an axis), pad=12, scale=0.9..1.1, rotate=5,"
            + " affine=0.06,0.9..1.15,8 (jitter, scale and rotation at once), crop=0.5..0.9, flip,"
            + " blur=2, noise=0.1, colour=0.1 (brightness, contrast, saturation, hue); none for"
            + " none."
      })
  private @Nullable List<Chosen> chosen;

  /** A transform, or the word that there is none. */
  record Chosen(@Nullable Transform transform) {}

  /** How a kind is written, and read. */
  private record Kind(String form, int fewest, int most, Function<Settings, Transform> reader) {}

  private static Map<String, Kind> kinds() {
    Map<String, Kind> kinds = new TreeMap<>();
    kinds.put(
        "jitter",
        new Kind(
            "jitter=AMOUNT[,AMOUNT...], such as jitter=8 or jitter=0.05",
            1,
            8,
            given ->
                new Jitter(IntStream.range(0, given.count()).mapToObj(given::number).toList())));
    kinds.put(
        "pad",
        new Kind(
            "pad=PIXELS[,mirror|edge|VALUE], such as pad=12 or pad=12,mirror",
            1,
            2,
            TransformOption::pad));
    kinds.put(
        "scale",
        new Kind(
            "scale=SMALLEST..LARGEST, such as scale=0.9..1.1",
            1,
            1,
            given -> new Scale(given.low(0), given.high(0))));
    kinds.put(
        "rotate",
        new Kind("rotate=DEGREES, such as rotate=5", 1, 1, given -> new Rotate(given.number(0))));
    kinds.put(
        "affine",
        new Kind(
            "affine=JITTER,SMALLEST..LARGEST,DEGREES[,bilinear|nearest], such as"
                + " affine=0.06,0.9..1.15,8",
            3,
            4,
            TransformOption::affine));
    kinds.put(
        "crop",
        new Kind(
            "crop=SMALLEST..LARGEST, such as crop=0.5..0.9",
            1,
            1,
            given -> new Crop(given.low(0), given.high(0))));
    kinds.put(
        "flip",
        new Kind(
            "flip or flip=PROBABILITY, such as flip=0.5",
            0,
            1,
            given -> new Flip(given.count() == 0 ? 0.5 : given.number(0))));
    kinds.put(
        "blur",
        new Kind(
            "blur=LARGEST or blur=SMALLEST..LARGEST, such as blur=2",
            1,
            1,
            given -> new Blur(given.isRange(0) ? given.low(0) : 0, given.high(0))));
    kinds.put(
        "noise",
        new Kind("noise=AMOUNT[,normal|uniform], such as noise=0.1", 1, 2, TransformOption::noise));
    kinds.put(
        "colour",
        new Kind(
            "colour=BRIGHTNESS[,CONTRAST[,SATURATION[,HUE]]], such as colour=0.1,0.1,0.2,10",
            1,
            4,
            given ->
                new ColourJitter(given.number(0), given.or(1, 0), given.or(2, 0), given.or(3, 0))));
    return kinds;
  }

  private static Transform pad(Settings given) {
    Pad.Fill fill =
        given.count() < 2
            ? Pad.Fill.PLAIN
            : switch (given.text(1)) {
              case "mirror" -> Pad.Fill.MIRROR;
              case "edge" -> Pad.Fill.EDGE;
              default -> Pad.Fill.PLAIN;
            };
    boolean valued = given.count() == 2 && fill == Pad.Fill.PLAIN;
    double amount = given.number(0);
    if (amount != Math.rint(amount) || Math.abs(amount) > Integer.MAX_VALUE) {
      throw new NumberFormatException("not a whole number");
    }
    return new Pad((int) amount, fill, valued ? given.number(1) : Pad.GRAY);
  }

  private static Transform affine(Settings given) {
    return new RandomAffine(
        given.number(0),
        given.low(1),
        given.high(1),
        given.number(2),
        switch (given.count() < 4 ? "bilinear" : given.text(3)) {
          case "bilinear" -> Sampling.BILINEAR;
          case "nearest" -> Sampling.NEAREST;
          default -> throw new NumberFormatException("no sampling " + given.text(3));
        });
  }

  private static Transform noise(Settings given) {
    String distribution = given.count() < 2 ? "normal" : given.text(1);
    return new Noise(
        given.number(0),
        switch (distribution) {
          case "normal" -> Noise.Distribution.NORMAL;
          case "uniform" -> Noise.Distribution.UNIFORM;
          default -> throw new NumberFormatException("no distribution " + distribution);
        });
  }

  /** What is given of a kind. */
  private record Settings(List<String> texts) {
    int count() {
      return texts.size();
    }

    String text(int index) {
      return texts.get(index);
    }

    double number(int index) {
      return Double.parseDouble(texts.get(index));
    }

    double or(int index, double usual) {
      return index < texts.size() ? number(index) : usual;
    }

    boolean isRange(int index) {
      return texts.get(index).contains("..");
    }

    double low(int index) {
      return Double.parseDouble(texts.get(index).split("\\.\\.", 2)[0]);
    }

    double high(int index) {
      String[] bounds = texts.get(index).split("\\.\\.", 2);
      return Double.parseDouble(bounds[bounds.length - 1]);
    }
  }

  /** Reads one transform. */
  static final class Converter implements ITypeConverter<Chosen> {
    @Override
    public Chosen convert(String text) {
      if (text.equals(NONE)) {
        return new Chosen(null);
      }
      int equals = text.indexOf('=');
      String name = equals < 0 ? text : text.substring(0, equals);
      Kind kind = KINDS.get(name);
      if (kind == null) {
        throw new TypeConversionException(
            "there is no transform \"%s\"; there are %s and none"
                .formatted(name, KINDS.keySet().stream().collect(Collectors.joining(", "))));
      }
      List<String> settings =
          equals < 0 ? List.of() : List.of(text.substring(equals + 1).split(",", -1));
      if (settings.size() < kind.fewest() || settings.size() > kind.most()) {
        throw misread(kind, text);
      }
      try {
        return new Chosen(kind.reader().apply(new Settings(settings)));
      } catch (NumberFormatException e) {
        throw misread(kind, text);
      } catch (PhospheneException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }

    private static TypeConversionException misread(Kind kind, String text) {
      return new TypeConversionException("expected %s, found \"%s\"".formatted(kind.form(), text));
    }
  }

  /** The transforms as chosen, or those of the recipe. */
  List<Transform> or(List<Transform> recipes) {
    if (chosen == null) {
      return recipes;
    }
    return chosen.stream()
        .filter(one -> one.transform() != null)
        .map(Chosen::transform)
        .collect(Collectors.toList());
  }
}
