"""Measures the peak memory of `phosphene layers`, `run`, `gradient` and `activate` on a model.

Peak memory is the largest resident set of the whole process, mapped weights included. Prints a row
of a table for each model: megabytes, and in parentheses how many times the files' size that is.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import phosphene

MEGABYTE = 1 << 20
DEFAULT_SIZE = 224


def weight_megabytes(model):
    """Returns the size of the model file and the external data files named after it."""
    files = [model, *model.parent.glob(model.name + ".*data")]
    return sum(file.stat().st_size for file in files) / MEGABYTE


def input_sizes(model):
    """Returns the shape of the image input, symbols replaced.

    Another process reads it: what this one holds would be counted with the commands that it starts.
    """
    script = ("import onnx, sys; print(*(d.dim_value for d in onnx.load(sys.argv[1],"
              " load_external_data=False).graph.input[0].type.tensor_type.shape.dim))")
    output = subprocess.run([sys.executable, "-c", script, model], check=True,
                            capture_output=True, text=True).stdout
    sizes = [int(size) for size in output.split()]
    return [size or (1 if axis == 0 else DEFAULT_SIZE) for axis, size in enumerate(sizes)]


def measure(launcher, model, folder):
    """Yields the megabytes of each command."""
    given, result = Path(folder, "input.npy"), Path(folder, "result.npy")
    np.save(given, np.random.default_rng(0).random(input_sizes(model), dtype=np.float32))
    commands = [
        ("layers",),
        ("run", "--input", given, "-o", result),
        ("gradient", "--filter", 20, "--input", given, "-o", result),
        ("activate", "--filter", 20, "--iterations", 3, "-o", Path(folder, "picture.png")),
    ]
    for command, *options in commands:
        yield phosphene.run(launcher, command, model, *options).megabytes


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", type=Path, nargs="+", metavar="MODEL.onnx")
    parser.add_argument("--phosphene", type=Path, required=True, metavar="LAUNCHER")
    arguments = parser.parse_args()
    print("| model | weights, MB | layers | run | gradient | activate |")
    print("| --- | --- | --- | --- | --- | --- |")
    for model in arguments.models:
        weights = weight_megabytes(model)
        with tempfile.TemporaryDirectory() as folder:
            peaks = [f"{peak:.0f} ({peak / weights:.2f})"
                     for peak in measure(arguments.phosphene.resolve(), model, folder)]
        name = re.sub(r"\.onnx$", "", model.name)
        print(f"| {name} | {weights:.0f} | {' | '.join(peaks)} |", flush=True)


if __name__ == "__main__":
    main()
