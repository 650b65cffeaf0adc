"""Compares a whole `activate` with Lucent's method in PyTorch: wall clock and peak memory.

From the command to the picture, start-up included, taking turns. Expects in OUT_DIR what export.py
wrote for the network.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import networks
import phosphene
import stored


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    parser.add_argument("--phosphene", type=Path, required=True, metavar="LAUNCHER")
    parser.add_argument("--network", default="mobilenet_v2")
    parser.add_argument("--steps", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    model = stored.onnx_path(arguments.network, "torchscript", arguments.directory)
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(arguments.rounds):
            theirs.append(phosphene.run(
                sys.executable, Path(__file__).with_name("lucent.py"), arguments.directory,
                arguments.network, Path(folder, "theirs.png"), "--steps", arguments.steps))
            ours.append(phosphene.run(
                arguments.phosphene.resolve(), "activate", model, "--filter", networks.UNIT,
                "--recipe", "natural", "--iterations", arguments.steps,
                "-o", Path(folder, "ours.png")))
            print(f"PyTorch {theirs[-1].seconds:.1f} s, {theirs[-1].megabytes:.0f} MB; "
                  f"Phosphene {ours[-1].seconds:.1f} s, {ours[-1].megabytes:.0f} MB", flush=True)

    def middle(runs, what):
        return statistics.median(getattr(run, what) for run in runs)

    print(f"{arguments.network}, {arguments.steps} steps: "
          f"{middle(ours, 'seconds') / middle(theirs, 'seconds'):.2f} of the time, "
          f"{middle(ours, 'megabytes') / middle(theirs, 'megabytes'):.2f} of the memory")


if __name__ == "__main__":
    main()
