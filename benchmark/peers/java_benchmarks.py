"""The times of parts of a step and of what goes before and after it, by the benchmarks in Java."""

import json
import os
import subprocess


def record(directory):
    """Returns the file into which the benchmarks write."""
    return directory / "java_benchmarks.json"


def measure(jar, again, directory):
    """Runs the benchmarks where they are built, unless that was done already."""
    if not jar.exists():
        print(f"{jar} is missing, so the benchmarks in Java are left out; build it with "
              "mvn -P benchmark -pl benchmark -am package -DskipTests", flush=True)
    elif again or not record(directory).exists():
        unfinished = record(directory).with_suffix(".unfinished")
        subprocess.run(["java", "-jar", jar, "-rf", "json", "-rff", unfinished], check=True)
        os.replace(unfinished, record(directory))


def markdown(directory):
    """Returns the table, or None where nothing was measured."""
    path = record(directory)
    if not path.exists():
        return None
    return "\n".join(["| part | milliseconds | 99.9 % within |", "| --- | --- | --- |",
                      *map(_row, json.loads(path.read_text()))])


def _row(result):
    metric = result["primaryMetric"]
    name = ".".join(result["benchmark"].split(".")[-2:])
    settings = "".join(f" {value}" for value in result.get("params", {}).values())
    error = metric["scoreError"]  # "NaN" where there was one iteration
    within = "-" if isinstance(error, str) else f"+- {error:.3f}"
    return f"| `{name}{settings}` | {metric['score']:.3f} | {within} |"
