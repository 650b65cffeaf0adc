"""Compares `phosphene gradient` and `phosphene run` with PyTorch.

Expects in OUT_DIR what export.py and references.py wrote. A gradient passes if its relative L2
error is at most max(1e-4, 3 x noise), an output if it is at most 1e-4. Exits with status 1 if any
comparison fails.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

import phosphene
import stored

TOLERANCE = 1e-4
"""Relative L2 error that is always allowed (float32, whole networks)."""

NOISE_FACTOR = 3
"""How many times PyTorch's own noise is allowed."""


class Comparison:
    """Runs comparisons with one launcher, prints a row for each and remembers failures."""

    def __init__(self, launcher, workplace):
        self.launcher = launcher
        self.workplace = Path(workplace)
        self.failures = 0
        self.count = 0
        print(f"{'comparison':48} {'error':>8} {'noise':>8} {'bound':>8} {'':4} "
              f"{'seconds':>7} {'peak MB':>7}")

    def gradient(self, title, model, x, expected, noise, unit, layers=(), backprop="none"):
        """Compares a gradient; `layers` are names of which the model has one, tried in order."""
        command = ("gradient", model, "--input", x, "--filter", unit, "--backprop", backprop)
        alternatives = [(*command, "--layer", layer) for layer in layers] or [command]
        self._compare(title, alternatives, expected, noise)

    def grad_cam(self, title, model, x, expected, unit):
        """Compares the map of Grad-CAM before it is scaled."""
        picture = self.workplace / "cam.png"
        command = ("cam", model, "--input", x, "--filter", unit, "--output", picture)
        self._compare(title, [command], expected, 0.0, option="--raw")

    def output(self, title, model, x, expected):
        """Compares the model's output."""
        self._compare(title, [("run", model, "--input", x)], expected, 0.0)

    def _compare(self, title, alternatives, expected, noise, option="-o"):
        result = self.workplace / "result.npy"
        self.count += 1
        try:
            taken = self._first_that_runs(alternatives, option, result)
            error = stored.relative_error(np.load(result), np.load(expected))
            bound = max(TOLERANCE, NOISE_FACTOR * noise)
            passed = error <= bound
            print(f"{title:48} {error:8.1e} {noise:8.1e} {bound:8.1e} "
                  f"{'pass' if passed else 'FAIL'} {taken.seconds:7.1f} {taken.megabytes:7.0f}",
                  flush=True)
        except (phosphene.Failure, OSError, ValueError) as failure:
            passed = False
            print(f"{title:48} FAIL {failure}", flush=True)
        finally:
            result.unlink(missing_ok=True)
        self.failures += not passed

    def _first_that_runs(self, alternatives, option, result):
        failures = []
        for arguments in alternatives:
            try:
                return phosphene.run(self.launcher, *arguments, option, result)
            except phosphene.Failure as failure:
                failures.append(str(failure))
        raise phosphene.Failure("; ".join(failures))


def compare_network(comparison, name, reference, directory):
    """Compares outputs and gradients of one network from both exporters."""
    x, output, gradient, layer_gradient = (
        stored.array_path(name, array, directory)
        for array in ("input", "output", "gradient", "layer.gradient"))
    # A folded BatchNorm's layer keeps one of two names: dynamo the BatchNorm's, torchscript the
    # convolution's. Asked in this order the value is the reference's, folded or not.
    layers = list(dict.fromkeys((reference["layerModule"], reference["layer"])))
    for exporter in stored.EXPORTERS:
        model = stored.onnx_path(name, exporter, directory)
        title = f"{name} {exporter}"
        comparison.output(f"{title} output", model, x, output)
        comparison.gradient(f"{title} gradient", model, x, gradient,
                            reference["noise"], reference["unit"])
        comparison.gradient(f"{title} {reference['layer']}", model, x, layer_gradient,
                            reference["layerNoise"], reference["layerFilter"], layers)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    parser.add_argument("names", nargs="*", help="networks; all that have a reference by default")
    parser.add_argument("--phosphene", type=Path, required=True, metavar="LAUNCHER")
    arguments = parser.parse_args()
    references = json.loads((arguments.directory / "references.json").read_text())
    names = arguments.names or list(references)
    missing = [name for name in names if name not in references]
    if missing:
        parser.error(f"no reference for {missing[0]} in {arguments.directory}: "
                     f"run export.py and references.py for it, or name one of "
                     f"{', '.join(references)}")
    with tempfile.TemporaryDirectory() as workplace:
        comparison = Comparison(arguments.phosphene.resolve(), workplace)
        for name in names:
            compare_network(comparison, name, references[name], arguments.directory)
    print(f"{comparison.count - comparison.failures} of {comparison.count} comparisons passed")
    sys.exit(1 if comparison.failures else 0)


if __name__ == "__main__":
    main()
