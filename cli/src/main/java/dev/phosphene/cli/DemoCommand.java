package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.cli.gallery.Gallery;
import dev.phosphene.cli.picture.LayerListing;
import dev.phosphene.cli.picture.OutputFile;
import dev.phosphene.model.Model;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the embedded network. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Show what the embedded network has learned: pictures, and a page with them.")
final class DemoCommand implements Callable<Integer> {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "The folder to write to; phosphene-demo where it is not given.")
  private Path folder = Path.of("phosphene-demo");

  @Option(names = "--seed", paramLabel = "N", description = "Seed of all random numbers.")
  private long seed;

  @Mixin private ThreadOption threads;
  @Mixin private OutputOptions outputOptions;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    Console console = outputOptions.console();
    OutputFile.createFolder(folder);
    Model model = ModelSource.open(ModelSource.EMBEDDED);
    console.begin();
    if (!outputOptions.isJson()) {
      LayerListing.lines(model.layers().layers()).forEach(console::note);
    }
    Gallery gallery =
        new Gallery(
            model,
            new Gallery.Settings(seed, threads.count()),
            console,
            ModelSource.temporaryFolder());
    List<Path> files = gallery.write(folder);
    double seconds = Seconds.since(start);
    console.note(
        String.format(
            Locale.ROOT,
            "Wrote %d files in %.0f s; open %s",
            files.size(),
            seconds,
            folder.resolve(Gallery.PAGE)));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("files", files.stream().map(Path::toString).toList());
    json.put("seconds", seconds);
    outputOptions.printJson(console, json);
    return 0;
  }
}
