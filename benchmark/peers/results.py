"""Runs Phosphene beside PyTorch and TensorFlow and writes what it finds into RESULTS.md.

    python results.py OUT_DIR                        # all parts
    python results.py OUT_DIR steps --networks resnet50 vgg16 --again

Parts are *steps* (speed.py), *jobs* (activate_time.py), *soak* (soak.py) and *java* (the benchmarks
of benchmark/target/benchmarks.jar, where they are built). Networks are exported into OUT_DIR where
they are missing, and what is measured is kept there: the same command goes on where it was stopped,
and measures nothing twice unless --again is given. Of RESULTS.md only what stands between this
script's marks is written.
"""

import argparse
import concurrent.futures
import datetime
import json
import multiprocessing
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import activate_time
import java_benchmarks
import soak
import speed_table

BENCHMARK = Path(__file__).resolve().parent.parent
END = "<!-- end of what results.py writes -->"


def apart(function, *arguments):
    """Calls a function in a process of its own, which takes PyTorch's memory with it."""
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=spawn) as pool:
        pool.submit(function, *arguments).result()


def measure_steps(arguments):
    """Measures the time of a step; PyTorch is loaded here."""
    import speed

    speed.measure(arguments.networks, arguments.again, speed.Settings(
        arguments.directory, arguments.phosphene, arguments.rounds, arguments.steps,
        arguments.compile))


def measure_jobs(arguments):
    """Measures whole jobs."""
    jobs = [activate_time.lucent_job(arguments.phosphene, arguments.directory)]
    if arguments.keras_model:
        jobs.append(activate_time.keras_job(
            arguments.phosphene, arguments.keras_model, arguments.tensorflow))
    activate_time.measure(jobs, arguments.job_rounds, arguments.again, arguments.directory)


def measure_soak(arguments):
    """Measures one long run and several pictures."""
    soak.measure(arguments.phosphene, "demo", 10_000, 1, arguments.again, arguments.directory)


def measure_java(arguments):
    """Measures parts of a step in Java, where the benchmarks are built."""
    java_benchmarks.measure(
        BENCHMARK / "target" / "benchmarks.jar", arguments.again, arguments.directory)


@dataclass(frozen=True)
class Part:
    """How a part is measured, how often, and its table; None where nothing was measured."""

    measure: Callable
    markdown: Callable
    often: str = ""


PARTS = {
    "steps": Part(lambda arguments: apart(measure_steps, arguments), speed_table.markdown,
                  "; medians of {rounds} turns of {steps} steps"),
    "jobs": Part(measure_jobs, activate_time.markdown, "; medians of {job_rounds} turns"),
    "soak": Part(measure_soak, soak.markdown),
    "java": Part(measure_java, java_benchmarks.markdown),
}


def conditions(arguments):
    """Returns where, when and with what is measured."""
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = [("PyTorch", "torch", sys.executable),
                ("ONNX Runtime of its Python", "onnxruntime", sys.executable)]
    if arguments.keras_model:
        packages += [("Keras", "keras", arguments.tensorflow)]
    versions = ", ".join(f"{name} {version(*where)}" for name, *where in packages)
    return (f"{datetime.date.today()}, {os.cpu_count()} processors of "
            f"{processor.group(1) if processor else platform.processor()}, {memory:.0f} GB, "
            f"a load of {os.getloadavg()[0]:.1f} at the start; Phosphene at {commit()}, {versions}")


def commit():
    """Returns the commit of the project that is measured."""
    run = subprocess.run(["git", "-C", BENCHMARK, "describe", "--always"],
                         capture_output=True, text=True)
    return run.stdout.strip() or "an unknown commit"


def version(package, python):
    """Returns the version of a package that a Python has."""
    script = f"import importlib.metadata as m; print(m.version({package!r}))"
    return subprocess.run([python, "-c", script], capture_output=True, text=True,
                          check=True).stdout.strip()


def table(name, arguments):
    """Measures a part, unless that was done; returns its table with its conditions, or None."""
    record = arguments.directory / "conditions.json"
    known = json.loads(record.read_text()) if record.exists() else {}
    if arguments.again or name not in known:
        often = PARTS[name].often.format(**vars(arguments))
        known[name] = f"Measured {conditions(arguments)}{often}."
    PARTS[name].measure(arguments)
    text = PARTS[name].markdown(arguments.directory)
    if not text:
        return None
    record.write_text(json.dumps(known, indent=1))
    return f"{known[name]}\n\n{text}"


def write(results, name, text):
    """Puts text between the marks of a part, and leaves all else as it is."""
    start = f"<!-- results.py: {name} -->"
    old = results.read_text()
    if start not in old or END not in old[old.index(start):]:
        raise SystemExit(f"{results} should have the lines \"{start}\" and \"{END}\"")
    before, _, rest = old.partition(start)
    after = rest.partition(END)[2]
    results.write_text(f"{before}{start}\n{text}\n{END}{after}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS) + "; all by default")
    parser.add_argument("--phosphene", type=Path, default=BENCHMARK.parent / "phosphene",
                        metavar="LAUNCHER")
    parser.add_argument("--networks", nargs="+", default=[], metavar="NAME",
                        help="of the steps: such as resnet50 or \"resnet50, 8\"; all by default")
    parser.add_argument("--steps", type=int, default=8, help="that count in a turn (8)")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each mode (5)")
    parser.add_argument("--job-rounds", type=int, default=3, help="turns of each whole job (3)")
    parser.add_argument("--no-compile", dest="compile", action="store_false",
                        help="without torch.compile, which takes minutes a network")
    parser.add_argument("--keras-model", type=Path, metavar="MODEL.keras",
                        help="a classifier of pictures in [-1, 1], for keras-vis' job; without it, "
                             "that job is left out")
    parser.add_argument("--tensorflow", type=Path, default=sys.executable, metavar="PYTHON",
                        help="the Python that has TensorFlow and Keras (this one)")
    parser.add_argument("--again", action="store_true", help="also what is measured already")
    parser.add_argument("--results", type=Path, default=BENCHMARK / "RESULTS.md", metavar="FILE")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - PARTS.keys()
    if unknown:
        parser.error(f"unknown part {min(unknown)}, expected {', '.join(PARTS)}")
    arguments.phosphene = arguments.phosphene.resolve()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    # Built and ready to start before anything is timed.
    subprocess.run([arguments.phosphene, "--version"], check=True, stdout=subprocess.DEVNULL)
    # Steps first: they export the network of a job.
    for name in [name for name in PARTS if not arguments.parts or name in arguments.parts]:
        text = table(name, arguments)
        if text:
            print(f"\n{text}\n", flush=True)
            write(arguments.results, name, text)


if __name__ == "__main__":
    main()
