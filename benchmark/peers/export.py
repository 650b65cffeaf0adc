"""Builds torchvision's networks with random weights and exports them with both ONNX exporters.

Writes per network NAME.torchscript.onnx, NAME.dynamo.onnx, NAME.input.npy and NAME.state.pt.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

import networks
import stored


def export(network, directory):
    """Builds, stores and exports one network."""
    model = networks.build(network)
    torch.save(model.state_dict(), stored.state_path(network.name, directory))
    x = networks.random_input(network.name, (1, 3, network.size, network.size))
    np.save(stored.array_path(network.name, "input", directory), x)
    for exporter in stored.EXPORTERS:
        path = stored.onnx_path(network.name, exporter, directory)
        networks.export(model, torch.from_numpy(x), path, exporter)
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    parser.add_argument("names", nargs="*", help="networks; all by default")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    arguments.directory.mkdir(parents=True, exist_ok=True)
    for network in networks.selected(arguments.names):
        export(network, arguments.directory)


if __name__ == "__main__":
    main()
