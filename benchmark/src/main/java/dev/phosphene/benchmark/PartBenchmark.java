package dev.phosphene.benchmark;

import dev.phosphene.visualize.parameterization.ImageSize;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How parts are measured: milliseconds on average over five seconds, after three, by Java with the
 * options of the launcher {@code phosphene}, so that it is what its users wait for.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true"})
public abstract class PartBenchmark {
  /** As most networks for photographs take them. */
  static final ImageSize SIZE = new ImageSize(3, List.of(224, 224));
}
