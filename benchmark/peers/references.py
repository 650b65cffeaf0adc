"""Computes with PyTorch autograd what `phosphene gradient` is compared with.

Writes per network NAME.output.npy, NAME.gradient.npy (unit of the logits), NAME.layer.gradient.npy
(filter of the middle convolution), and for all of them references.json.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

import networks
import stored


def reference(network, directory):
    """Stores the output and both gradients of one network and returns its entry of the JSON."""
    model = networks.load(network, directory).requires_grad_(False)
    x = torch.from_numpy(np.load(stored.array_path(network.name, "input", directory)))
    output, gradient, noise = networks.gradient_and_noise(model, x, networks.UNIT)
    module = network.normalization or network.layer
    _, layer_gradient, layer_noise = networks.gradient_and_noise(
        model, x, networks.LAYER_FILTER, module)
    arrays = {"output": output, "gradient": gradient, "layer.gradient": layer_gradient}
    for array, tensor in arrays.items():
        np.save(stored.array_path(network.name, array, directory), tensor.contiguous().numpy())
    return {
        "unit": networks.UNIT,
        "noise": noise,
        "layer": network.layer,
        "layerModule": module,
        "layerFilter": networks.LAYER_FILTER,
        "layerNoise": layer_noise,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    parser.add_argument("names", nargs="*", help="networks; all by default")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    path = arguments.directory / "references.json"
    references = json.loads(path.read_text()) if path.exists() else {}
    for network in networks.selected(arguments.names):
        entry = reference(network, arguments.directory)
        references[network.name] = entry
        path.write_text(json.dumps(references, indent=2) + "\n")
        print(f"{network.name}: noise {entry['noise']:.1e}, of {entry['layerModule']} "
              f"{entry['layerNoise']:.1e}", flush=True)


if __name__ == "__main__":
    main()
