"""Compares the time of a step, forward and input gradient, of ResNet-50 with PyTorch's eager mode.

Expects in OUT_DIR what export.py wrote for resnet50. Batch 1, 224 pixels, two threads, weights
without gradient. The two take turns, so that a change of the machine's load meets both.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy as np
import torch

import networks
import phosphene
import stored

WARM_UP = 3
ROUNDS = 3


def pytorch_step(model, x):
    """Runs one step of PyTorch's eager mode and returns its milliseconds."""
    start = time.perf_counter()
    image = x.clone().requires_grad_()
    objective = model(image)[:, networks.UNIT].mean()
    torch.autograd.grad(objective, image)
    return (time.perf_counter() - start) * 1e3


def pytorch_median(model, x, steps):
    """Returns the median milliseconds of a step of PyTorch's eager mode."""
    for _ in range(WARM_UP):
        pytorch_step(model, x)
    return statistics.median(pytorch_step(model, x) for _ in range(steps))


def phosphene_median(launcher, model, steps):
    """Returns the median milliseconds of a step of Phosphene."""
    run = phosphene.run(launcher, "benchmark", model, "--filter", networks.UNIT,
                        "--steps", steps, "--json")
    return float(json.loads(run.output)["medianMilliseconds"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    parser.add_argument("--phosphene", type=Path, required=True, metavar="LAUNCHER")
    parser.add_argument("--network", default="resnet50")
    parser.add_argument("--exporter", default="torchscript", choices=stored.EXPORTERS)
    parser.add_argument("--steps", type=int, default=15, help="steps per round (15)")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    (network,) = networks.selected([arguments.network])
    model = networks.load(network, arguments.directory).requires_grad_(False)
    x = torch.from_numpy(np.load(stored.array_path(network.name, "input", arguments.directory)))
    path = stored.onnx_path(network.name, arguments.exporter, arguments.directory)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(pytorch_median(model, x, arguments.steps))
        ours.append(phosphene_median(arguments.phosphene.resolve(), path, arguments.steps))
        print(f"PyTorch {theirs[-1]:.1f} ms, Phosphene {ours[-1]:.1f} ms", flush=True)
    our_median, their_median = statistics.median(ours), statistics.median(theirs)
    print(f"{network.name}, batch 1: PyTorch {their_median:.1f} ms, Phosphene {our_median:.1f} ms, "
          f"ratio {our_median / their_median:.2f}")


if __name__ == "__main__":
    main()
