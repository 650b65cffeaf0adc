"""Compares the time of a step, forward and input gradient, with PyTorch's modes, taking turns.

For each network: PyTorch eager, in channels_last and compiled (weights without gradient), ONNX
Runtime's forward pass alone, and Phosphene's step, two threads each (or one, --processor-time).
All meet the same changes of the machine's load, so the ratios hold where the milliseconds do not.
Exports what is missing in OUT_DIR; what is measured stands in OUT_DIR/speed.json after each
network, and is not measured again unless --again is given.
"""

import argparse
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import onnxruntime
import torch

import networks
import phosphene
import speed_table
import stored
import timing


@dataclass(frozen=True)
class Job:
    """A network at a batch size, and the largest allowed ratio of its step to its forward pass."""

    network: networks.Network
    batch: int = 1
    bound: float = 3

    @property
    def key(self):
        """Its name in the table."""
        return f"{self.network.name}, {self.batch}"


def _jobs():
    known = networks.NETWORKS
    single = [
        Job(known["squeezenet1_1"]),
        Job(known["googlenet"]),
        Job(known["mobilenet_v2"]),
        Job(networks.Network("mobilenet_v3_large", "features.8.block.1.0")),
        Job(known["resnet50"], bound=2.3),
        Job(networks.Network("resnext50_32x4d", "layer3.2.conv2")),
        Job(known["vgg16"], bound=2.3),
        Job(known["inception_v3"], bound=2.3),
        Job(known["densenet121"]),
        Job(known["efficientnet_b0"]),
        Job(networks.Network("convnext_tiny", "features.5.4.block.0")),
        Job(networks.Network("vit_b_16", "conv_proj"), bound=2.3),
        Job(networks.Network("swin_t", "features.0.0")),
    ]
    batches = [Job(known[name], batch=8) for name in ("squeezenet1_1", "resnet50", "mobilenet_v2")]
    return {job.key: job for job in single + batches}


JOBS = _jobs()


@dataclass(frozen=True)
class Settings:
    """Where networks and results lie, and what is measured how often."""

    directory: Path
    launcher: Path
    rounds: int = 5
    steps: int = 8
    compiled: bool = True
    clock: timing.Clock = field(default_factory=timing.Clock)


def stored_model(network, directory):
    """Returns the network and its ONNX file, built and exported where they are missing."""
    path = stored.onnx_path(network.name, "torchscript", directory)
    if path.exists() and stored.state_path(network.name, directory).exists():
        return networks.load(network, directory), path
    model = networks.build(network)
    torch.save(model.state_dict(), stored.state_path(network.name, directory))
    x = torch.from_numpy(networks.random_input(network.name, (1, 3, network.size, network.size)))
    networks.export(model, x, path, "torchscript")
    return model, path


def gradient_step(model, x):
    """Returns a step of PyTorch: the mean of one unit, and its gradient at the input."""

    def step():
        image = x.clone(memory_format=torch.preserve_format).requires_grad_()
        torch.autograd.grad(model(image)[:, networks.UNIT].mean(), image)

    return step


def pytorch_mode(model, called, x, memory_format, settings):
    """Returns how to measure some steps of a mode, for which the model is brought into a format.

    `called` is the model itself or its compiled form.
    """

    def measure():
        model.to(memory_format=memory_format)
        step = gradient_step(called, x.contiguous(memory_format=memory_format))
        return timing.milliseconds(step, settings.steps, settings.clock)

    return measure


def runtime_forward(path, x, settings):
    """Returns how to measure ONNX Runtime's forward pass; no session stays alive in between."""

    def measure():
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = settings.clock.threads
        session = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
        feed = {session.get_inputs()[0].name: x.numpy()}
        return timing.milliseconds(
            lambda: session.run(None, feed), settings.steps, settings.clock)

    return measure


def phosphene_step(path, batch, settings):
    """Returns how to measure Phosphene's step, in a process of its own."""

    def measure():
        clock = ["--processor-time"] if settings.clock.processor else []
        run = phosphene.run(settings.launcher, "benchmark", path, "--filter", networks.UNIT,
                            "--batch", batch, "--steps", settings.steps, "--json",
                            "--threads", settings.clock.threads, *clock)
        times = json.loads(run.output)
        return float(times["leastMilliseconds" if settings.clock.processor else "medianMilliseconds"])

    return measure


def compare(job, settings):
    """Returns the milliseconds of each contestant, round by round, and what could not be compiled."""
    model, path = stored_model(job.network, settings.directory)
    model.requires_grad_(False)
    x = torch.from_numpy(
        networks.random_input(job.key, (job.batch, 3, job.network.size, job.network.size)))
    contiguous, last = torch.contiguous_format, torch.channels_last
    contestants = {
        "eager": pytorch_mode(model, model, x, contiguous, settings),
        "channels_last": pytorch_mode(model, model, x, last, settings),
    }
    result = {"bound": job.bound}
    if settings.compiled:
        compiled, failure = compile_model(model, x)
        if failure:
            result["not compiled"] = failure
        else:
            contestants["compile"] = pytorch_mode(model, compiled, x, contiguous, settings)
    contestants["forward"] = runtime_forward(path, x, settings)
    contestants["phosphene"] = phosphene_step(path, job.batch, settings)
    return result | {"milliseconds": timing.take_turns(contestants, settings.rounds)}


def compile_model(model, x):
    """Returns the compiled model after its first step, or None and why it could not be compiled."""
    torch._dynamo.reset()
    compiled = torch.compile(model)
    try:
        gradient_step(compiled, x)()
        return compiled, None
    except Exception as failure:  # of any kind: a compiler for C++ may be missing, say
        return None, f"{type(failure).__name__}: {str(failure).strip().splitlines()[0]}"


def chosen(names):
    """Returns the jobs of names such as resnet50 or "resnet50, 8", or all where none is given."""
    jobs = [job for key, job in JOBS.items()
            if not names or key in names or (job.batch == 1 and job.network.name in names)]
    if len(jobs) < len(set(names)):
        raise SystemExit(f"unknown network among {', '.join(names)}, expected {'; '.join(JOBS)}")
    return jobs


def measure(names, again, settings):
    """Measures what is not measured yet, or all again, and writes it after each network."""
    settings.directory.mkdir(parents=True, exist_ok=True)
    # Compiling takes minutes, once for all runs.
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(settings.directory.resolve() / "inductor"))
    torch.set_num_threads(settings.clock.threads)
    record = speed_table.record(settings.directory, settings.clock.processor)
    for job in chosen(names):
        results = speed_table.read(record)
        if again or job.key not in results:
            results[job.key] = compare(job, settings)
            results = {key: results[key] for key in JOBS if key in results}
            record.write_text(json.dumps(results, indent=1))
            print(speed_table.row(job.key, results[job.key], settings.clock.processor), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    parser.add_argument("names", nargs="*", help="such as resnet50 or \"resnet50, 8\"; all by default")
    parser.add_argument("--phosphene", type=Path, required=True, metavar="LAUNCHER")
    parser.add_argument("--steps", type=int, default=Settings.steps, help="steps a turn (8)")
    parser.add_argument("--rounds", type=int, default=Settings.rounds, help="turns of each (5)")
    parser.add_argument("--no-compile", dest="compile", action="store_false",
                        help="without torch.compile, which takes minutes")
    parser.add_argument("--again", action="store_true", help="also what is measured already")
    parser.add_argument("--processor-time", action="store_true",
                        help="one thread each, by the processor's time, for a machine under load")
    arguments = parser.parse_args()
    clock = timing.Clock(arguments.processor_time)
    measure(arguments.names, arguments.again, Settings(
        arguments.directory, arguments.phosphene.resolve(), arguments.rounds, arguments.steps,
        arguments.compile, clock))
    print(speed_table.markdown(arguments.directory, clock.processor))


if __name__ == "__main__":
    main()
