"""Compares one architecture of the zoo with both exporters; `zoo.py` runs it as a process.

Prints JSON objects, one a line: {"stage": ...} before each step, and per exporter what was found:
`error` and `noise`, or `failure`, or, where the exporter itself fails, `notExported`.
"""

import argparse
import json
import logging
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import torch

import networks
import phosphene
import stored
import zoo_networks
from zoo_gradient import Probe

ATTEMPTS = ((17, True), (20, True), (20, False))
"""Operator set, and whether the batch is left open: what the older exporter is asked for, in turn."""


class Worker:
    """One architecture, its reference and its files."""

    def __init__(self, name, directory, launcher, keep):
        self.name, self.launcher, self.keep = name, launcher, keep
        self.directory = directory / name.replace("/", "-")
        self.directory.mkdir(parents=True, exist_ok=True)

    def work(self, exporters):
        self.say(stage="build")
        subject = zoo_networks.build(self.name)
        self.say(stage="autograd")
        probe = Probe(subject)
        gradient, noise = probe.gradient_and_noise()
        for name, array in subject.inputs.items():
            np.save(self.directory / f"{name}.npy", array)
        np.save(self.directory / "expected.npy", gradient)
        for exporter in exporters:
            result = self.compare(subject, probe, exporter, gradient, noise)
            self.say(name=self.name, exporter=exporter, **result)
        if not self.keep:
            for file in self.directory.iterdir():
                file.unlink()
            self.directory.rmdir()

    def compare(self, subject, probe, exporter, gradient, noise):
        self.say(stage=f"export {exporter}")
        path = self.directory / f"{exporter}.onnx"
        try:
            export(subject, path, exporter)
        except Exception as failure:
            path.unlink(missing_ok=True)
            return {"notExported": first_line(failure)}
        self.say(stage=f"gradient {exporter}")
        found = {"noise": noise}
        start = time.perf_counter()
        try:
            result = self.directory / f"{exporter}.npy"
            layer = ["--layer", "output"] if probe.has_several_outputs else []
            run = phosphene.run(self.launcher, "gradient", path, *self.inputs(subject), *layer,
                                "--filter", probe.unit, "-o", result, "--quiet")
            found["error"] = stored.relative_error(np.load(result), gradient)
            found["megabytes"] = round(run.megabytes)
        except (phosphene.Failure, OSError, ValueError) as failure:
            found["failure"] = str(failure)
        found["seconds"] = round(time.perf_counter() - start, 1)
        self.say(stage=f"layers {exporter}")
        try:
            listed = phosphene.run(self.launcher, "layers", path, "--json", "--quiet")
            (self.directory / f"{exporter}.layers.json").write_text(listed.output)
            found["layers"] = len(json.loads(listed.output)["layers"])
        except (phosphene.Failure, ValueError, KeyError) as failure:
            found["layersFailure"] = str(failure)
        if not self.keep:
            path.unlink()
        return found

    def inputs(self, subject):
        if subject.embedding is None and len(subject.inputs) == 1:
            (name,) = subject.inputs
            return ["--input", self.directory / f"{name}.npy"]
        arguments = []
        for name in subject.inputs:
            arguments += ["--input", f"{name}={self.directory / name}.npy"]
        if subject.embedding is not None:
            arguments += ["--wrt", subject.embedding]
        return arguments

    @staticmethod
    def say(**message):
        print(json.dumps(message), flush=True)


def export(subject, path, exporter):
    """Exports a subject; a second time with attention written out where the exporter cannot."""
    try:
        _export(subject, path, exporter)
    except Exception:
        fused = [m for m in subject.model.modules() if getattr(m, "fused_attn", False)]
        if not fused:
            raise
        for module in fused:
            module.fused_attn = False
        _export(subject, path, exporter)


def _export(subject, path, exporter):
    inputs = {name: torch.from_numpy(array) for name, array in subject.inputs.items()}
    positional, named = ((), inputs) if subject.named else (tuple(inputs.values()), None)
    settings = dict(input_names=list(inputs), output_names=["output"], kwargs=named)
    with torch.no_grad():
        if exporter == "dynamo":
            torch.onnx.export(subject.model, positional, str(path), dynamo=True,
                              external_data=False, verbose=False, **settings)
            return
        axes = {name: {0: "batch"} for name in [*inputs, "output"]}
        for opset, is_open in ATTEMPTS:
            try:
                torch.onnx.export(subject.model, positional, str(path), dynamo=False,
                                  opset_version=opset, dynamic_axes=axes if is_open else None,
                                  **settings)
                return
            except Exception:
                if (opset, is_open) == ATTEMPTS[-1]:
                    raise


def first_line(failure):
    """Returns the kind of what caused an exception, and the first line of its message."""
    while failure.__cause__ is not None:
        failure = failure.__cause__
    lines = [line.strip() for line in str(failure).splitlines() if line.strip()]
    text = lines[0] if lines else ""
    return f"{type(failure).__name__}: {text}"[:160]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name")
    parser.add_argument("directory", type=Path)
    parser.add_argument("launcher", type=Path)
    parser.add_argument("--exporter", action="append", choices=stored.EXPORTERS)
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    # The fast path of attention in evaluation mode is an operator that neither exporter knows.
    torch.backends.mha.set_fastpath_enabled(False)
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    try:
        Worker(arguments.name, arguments.directory, arguments.launcher, arguments.keep).work(
            arguments.exporter or stored.EXPORTERS)
    except Exception as failure:
        Worker.say(failure=first_line(failure))
        sys.exit(1)


if __name__ == "__main__":
    main()
