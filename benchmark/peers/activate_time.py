"""Compares whole `activate` jobs with other tools' methods: wall clock and peak memory.

From the command to the picture, start-up included, taking turns: the recipe `natural` with Lucent's
method in PyTorch, on a network of torchvision, and the recipe `keras-vis` with keras-vis' method in
TensorFlow, on a Keras model. OUT_DIR holds what speed.py or export.py wrote for the network; what
is measured stands in OUT_DIR/activate_time.json, and is not measured again unless --again is given.
"""

import argparse
import json
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import phosphene
import stored
import timing

UNIT = 20
OURS = "Phosphene"


@dataclass(frozen=True)
class Job:
    """A picture, and by name the command of each contestant, but for the picture's file."""

    name: str
    commands: dict


def lucent_job(launcher, directory, network="mobilenet_v2", steps=256):
    """Lucent's method, in PyTorch."""
    model = stored.onnx_path(network, "torchscript", directory)
    return Job(f"`natural`, {network}, {steps} steps", {
        "Lucent's method, PyTorch": lambda picture: [
            sys.executable, _script("lucent.py"), directory, network, picture,
            "--unit", UNIT, "--steps", steps],
        OURS: lambda picture: [
            launcher, "activate", model, "--filter", UNIT, "--recipe", "natural",
            "--iterations", steps, "-o", picture],
    })


def keras_job(launcher, model, tensorflow, steps=200):
    """keras-vis' method, in TensorFlow.

    `tensorflow` is a Python that has it. The model takes values from -1 to 1.
    """
    def theirs(*options):
        return lambda picture: [tensorflow, _script("kerasvis_tensorflow.py"), model, picture,
                                "--filter", UNIT, "--steps", steps, *options]

    return Job(f"`keras-vis`, {model.stem}, {steps} steps", {
        "keras-vis' method, TensorFlow": theirs("--eager"),
        "the same in a tf.function": theirs(),
        OURS: lambda picture: [
            launcher, "activate", model, "--filter", UNIT, "--recipe", "keras-vis",
            "--jitter", 0.05, "--input-range", "-1,1", "--iterations", steps, "-o", picture],
    })


def _script(name):
    return Path(__file__).with_name(name)


def compare(job, rounds):
    """Returns seconds and megabytes of each round of each contestant."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder, "picture.png")

        def contestant(command):
            def measure():
                run = phosphene.run(*command(picture))
                return {"seconds": run.seconds, "megabytes": run.megabytes}

            return measure

        return timing.take_turns(
            {name: contestant(command) for name, command in job.commands.items()}, rounds)


def record(directory):
    """Returns the file that holds what was measured."""
    return directory / "activate_time.json"


def measure(jobs, rounds, again, directory):
    """Measures jobs that are not measured yet, or all again, and writes each when it is done."""
    path = record(directory)
    for job in jobs:
        results = json.loads(path.read_text()) if path.exists() else {}
        if again or job.name not in results:
            results[job.name] = compare(job, rounds)
            path.write_text(json.dumps(results, indent=1))
            print("\n".join(rows(job.name, results[job.name])), flush=True)


def rows(name, result):
    """Returns a row of the table for each contestant that is not ours."""
    def middle(contestant, what):
        return statistics.median(run[what] for run in result[contestant])

    def cells(contestant, what, digits):
        ours, theirs = middle(OURS, what), middle(contestant, what)
        return f"{theirs:.{digits}f} | {ours:.{digits}f} | {ours / theirs:.2f}"

    return [f"| {name} | {contestant} | {cells(contestant, 'seconds', 1)} "
            f"| {cells(contestant, 'megabytes', 0)} |"
            for contestant in result if contestant != OURS]


def markdown(directory):
    """Returns the table, or None where nothing was measured."""
    path = record(directory)
    if not path.exists():
        return None
    head = ("| job | against | its seconds | Phosphene's | ratio | its MB | Phosphene's | ratio |\n"
            + "| --- " * 8 + "|")
    results = json.loads(path.read_text())
    return "\n".join([head, *(row for name, job in results.items() for row in rows(name, job))])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    parser.add_argument("--phosphene", type=Path, required=True, metavar="LAUNCHER")
    parser.add_argument("--keras-model", type=Path, metavar="MODEL.keras",
                        help="a classifier of pictures in [-1, 1]; without it, only Lucent's job")
    parser.add_argument("--tensorflow", type=Path, default=sys.executable, metavar="PYTHON",
                        help="the Python that has TensorFlow and Keras (this one)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--again", action="store_true", help="also what is measured already")
    arguments = parser.parse_args()
    launcher = arguments.phosphene.resolve()
    jobs = [lucent_job(launcher, arguments.directory)]
    if arguments.keras_model:
        jobs.append(keras_job(launcher, arguments.keras_model, arguments.tensorflow))
    measure(jobs, arguments.rounds, arguments.again, arguments.directory)
    print(markdown(arguments.directory))


if __name__ == "__main__":
    main()
