package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.visualize.parameterization.AlignedImage;
import dev.phosphene.visualize.parameterization.AlphaImage;
import dev.phosphene.visualize.parameterization.CppnImage;
import dev.phosphene.visualize.parameterization.FourierImage;
import dev.phosphene.visualize.parameterization.MacoImage;
import dev.phosphene.visualize.parameterization.Parameterization;
import dev.phosphene.visualize.parameterization.PixelImage;
import dev.phosphene.visualize.parameterization.PyramidImage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What is optimized in the place of pixels, from the command line, in the place of a recipe's. */
final class ParameterizationOption {
  private static final String ALPHA = "alpha:";

  private static final Map<String, Kind> KINDS = kinds();

  @Option(
      names = "--parameterization",
      paramLabel = "KIND[=SETTINGS]",
      converter = Converter.class,
      description =
          "What is optimized, in the place of the recipe's: pixel, fourier (or fourier=DECAY), maco"
              + " (phases of fixed magnitudes), pyramid (or pyramid=LEVELS), cppn (or"
              + " cppn=WIDTH,LAYERS), aligned (or aligned=CYCLES: pictures share frequencies up to"
              + " this one). alpha: before one of them, such as alpha:fourier, adds transparency.")
  private @Nullable Parameterization chosen;

  /** How a kind is written, and read from its numbers. */
  private record Kind(
      String form, List<Double> usual, Function<double[], Parameterization> reader) {}

  private static Map<String, Kind> kinds() {
    Map<String, Kind> kinds = new TreeMap<>();
    kinds.put(
        "pixel",
        new Kind(
            "pixel or pixel=DEVIATION, such as pixel=0.05",
            List.of(PixelImage.KERAS_VIS.deviation()),
            numbers -> new PixelImage(numbers[0])));
    FourierImage fourier = FourierImage.NATURAL;
    kinds.put(
        "fourier",
        new Kind(
            "fourier or fourier=DECAY,DEVIATION, such as fourier=1.2",
            List.of(fourier.decay(), fourier.deviation()),
            numbers -> new FourierImage(numbers[0], numbers[1])));
    kinds.put(
        "maco",
        new Kind(
            "maco or maco=CONTRAST, such as maco=1",
            List.of(MacoImage.NATURAL.contrast()),
            numbers -> new MacoImage(numbers[0])));
    PyramidImage pyramid = PyramidImage.NATURAL;
    kinds.put(
        "pyramid",
        new Kind(
            "pyramid or pyramid=LEVELS,DEVIATION, such as pyramid=6",
            List.of((double) pyramid.levels(), pyramid.deviation()),
            numbers -> new PyramidImage(whole(numbers[0]), numbers[1])));
    CppnImage cppn = CppnImage.NATURAL;
    kinds.put(
        "cppn",
        new Kind(
            "cppn or cppn=WIDTH,LAYERS, such as cppn=12,4",
            List.of((double) cppn.width(), (double) cppn.layers()),
            numbers -> new CppnImage(whole(numbers[0]), whole(numbers[1]))));
    kinds.put(
        "aligned",
        new Kind(
            "aligned or aligned=CYCLES, such as aligned=5",
            List.of(AlignedImage.NATURAL.cycles()),
            numbers -> new AlignedImage(FourierImage.NATURAL, numbers[0])));
    return kinds;
  }

  private static int whole(double number) {
    if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
      throw new NumberFormatException("not a whole number");
    }
    return (int) number;
  }

  /** Reads a parameterization. */
  static final class Converter implements ITypeConverter<Parameterization> {
    @Override
    public Parameterization convert(String text) {
      try {
        return text.startsWith(ALPHA)
            ? new AlphaImage(plain(text.substring(ALPHA.length())), AlphaImage.NATURAL.economy())
            : plain(text);
      } catch (PhospheneException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }

    private static Parameterization plain(String text) {
      int equals = text.indexOf('=');
      String name = equals < 0 ? text : text.substring(0, equals);
      Kind kind = KINDS.get(name);
      if (kind == null) {
        throw new TypeConversionException(
            "there is no parameterization \"%s\"; there are %s, and alpha: before one of them"
                .formatted(name, String.join(", ", KINDS.keySet())));
      }
      String[] given = equals < 0 ? new String[0] : text.substring(equals + 1).split(",", -1);
      if (given.length > kind.usual().size()) {
        throw misread(kind, text);
      }
      try {
        double[] numbers = kind.usual().stream().mapToDouble(Double::doubleValue).toArray();
        for (int i = 0; i < given.length; i++) {
          numbers[i] = Double.parseDouble(given[i]);
        }
        return kind.reader().apply(numbers);
      } catch (NumberFormatException e) {
        throw misread(kind, text);
      }
    }

    private static TypeConversionException misread(Kind kind, String text) {
      return new TypeConversionException("expected %s, found \"%s\"".formatted(kind.form(), text));
    }
  }

  /** The parameterization as chosen, or that of the recipe. */
  Parameterization or(Parameterization recipes) {
    return chosen == null ? recipes : chosen;
  }
}
