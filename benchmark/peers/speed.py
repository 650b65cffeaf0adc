"""Compares the time of a step, forward and input gradient, with PyTorch's modes, taking turns.

For each network: PyTorch eager, in channels_last and compiled (weights without gradient), ONNX
Runtime's forward pass alone, and Phosphene's step, two threads each (or one, --processor-time). All
meet the same changes of the machine's load, so the ratios hold where the milliseconds do not. Exports what is missing in
OUT_DIR; writes OUT_DIR/speed.json after each network, from which --markdown prints the table.
"""

import argparse
import gc
import json
import math
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import onnxruntime
import torch

import networks
import phosphene
import stored

WARM_UP = 2


@dataclass
class Clock:
    """What is measured: the wall clock over two threads, or the processor's time of one thread.

    The latter holds on a machine that does other work too; its least is what the work takes.
    """

    processor: bool = False

    @property
    def threads(self):
        """How many threads each contestant has."""
        return 1 if self.processor else 2

    def now(self):
        """Returns seconds since whenever."""
        return time.thread_time() if self.processor else time.perf_counter()

    def summary(self, times):
        """Returns the number that stands for some times."""
        return min(times) if self.processor else statistics.median(times)


CLOCK = Clock()


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


def median_milliseconds(step, steps):
    """Returns the median milliseconds of some steps after a warm-up."""
    times = []
    for _ in range(WARM_UP + steps):
        start = CLOCK.now()
        step()
        times.append((CLOCK.now() - start) * 1e3)
    return CLOCK.summary(times[WARM_UP:])


def gradient_step(model, x):
    """Returns a step of PyTorch: the mean of one unit, and its gradient at the input."""

    def step():
        image = x.clone(memory_format=torch.preserve_format).requires_grad_()
        torch.autograd.grad(model(image)[:, networks.UNIT].mean(), image)

    return step


def pytorch_modes(model, x, compiled):
    """Returns, by mode, how to measure some steps; the model is brought into the mode's format."""

    def in_format(memory_format, chosen):
        def measure(steps):
            model.to(memory_format=memory_format)
            step = gradient_step(chosen, x.contiguous(memory_format=memory_format))
            return median_milliseconds(step, steps)

        return measure

    modes = {
        "eager": in_format(torch.contiguous_format, model),
        "channels_last": in_format(torch.channels_last, model),
    }
    if compiled:
        modes["compile"] = in_format(torch.contiguous_format, torch.compile(model))
    return modes


def runtime_forward(path, x):
    """Returns how to measure ONNX Runtime's forward pass; no session stays alive in between."""

    def measure(steps):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = CLOCK.threads
        session = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
        feed = {session.get_inputs()[0].name: x.numpy()}
        return median_milliseconds(lambda: session.run(None, feed), steps)

    return measure


def phosphene_step(launcher, path, batch):
    """Returns how to measure Phosphene's step, in a process of its own."""

    def measure(steps):
        clock = ["--processor-time"] if CLOCK.processor else []
        run = phosphene.run(launcher, "benchmark", path, "--filter", networks.UNIT,
                            "--batch", batch, "--steps", steps, "--json",
                            "--threads", CLOCK.threads, *clock)
        times = json.loads(run.output)
        return float(times["leastMilliseconds" if CLOCK.processor else "medianMilliseconds"])

    return measure


def compare(job, arguments):
    """Returns the median milliseconds of each contestant, which take turns."""
    model, path = stored_model(job.network, arguments.directory)
    model.requires_grad_(False)
    x = torch.from_numpy(
        networks.random_input(job.key, (job.batch, 3, job.network.size, job.network.size)))
    contestants = pytorch_modes(model, x, arguments.compile)
    contestants["forward"] = runtime_forward(path, x)
    contestants["phosphene"] = phosphene_step(arguments.phosphene, path, job.batch)
    rounds = {name: [] for name in contestants}
    for _ in range(arguments.rounds):
        for name, measure in contestants.items():
            gc.collect()
            rounds[name].append(measure(arguments.steps))
    return {name: CLOCK.summary(times) for name, times in rounds.items()}


def ratio_to_pytorch(times):
    """Returns Phosphene's time over that of PyTorch's best mode."""
    best = min(times[mode] for mode in ("eager", "channels_last", "compile") if mode in times)
    return times["phosphene"] / best


def row(job, times):
    """Returns a row of the table."""
    cells = [f"{times[name]:.1f}" if name in times else "-"
             for name in ("eager", "channels_last", "compile", "forward", "phosphene")]
    to_forward = times["phosphene"] / times["forward"]
    return (f"| {job.key} | " + " | ".join(cells)
            + f" | {ratio_to_pytorch(times):.2f} | {to_forward:.2f} (at most {job.bound}) |")


def markdown(results):
    """Returns the table and its geometric mean."""
    lines = ["| network, batch | eager | channels_last | compile | forward | Phosphene "
             "| to PyTorch's best | to forward |", "| --- " * 8 + "|"]
    done = [(JOBS[key], times) for key, times in results.items() if key in JOBS]
    lines += [row(job, times) for job, times in done]
    ratios = [ratio_to_pytorch(times) for _, times in done]
    if ratios:
        mean = math.exp(statistics.fmean(map(math.log, ratios)))
        lines.append(f"\nGeometric mean to PyTorch's best: {mean:.2f}, largest {max(ratios):.2f}.")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    parser.add_argument("names", nargs="*", help="such as resnet50 or \"resnet50, 8\"; all by default")
    parser.add_argument("--phosphene", type=Path, metavar="LAUNCHER")
    parser.add_argument("--steps", type=int, default=10, help="steps a turn (10)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each (3)")
    parser.add_argument("--no-compile", dest="compile", action="store_false",
                        help="without torch.compile, which takes minutes")
    parser.add_argument("--processor-time", action="store_true",
                        help="one thread each, by the processor's time, for a machine under load")
    parser.add_argument("--markdown", action="store_true", help="only print the table")
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    record = arguments.directory / "speed.json"
    results = json.loads(record.read_text()) if record.exists() else {}
    if not arguments.markdown:
        arguments.phosphene = arguments.phosphene.resolve()
        CLOCK.processor = arguments.processor_time
        torch.set_num_threads(CLOCK.threads)
        chosen = [job for key, job in JOBS.items()
                  if not arguments.names or key in arguments.names
                  or (job.batch == 1 and job.network.name in arguments.names)]
        for job in chosen:
            times = compare(job, arguments)
            results[job.key] = results.get(job.key, {}) | times
            record.write_text(json.dumps(results, indent=1))
            print(row(job, times), flush=True)
    print(markdown(results))


if __name__ == "__main__":
    main()
