"""Compares gradients, modified gradients and Grad-CAM of a trained Keras network with stored ones.

DIR holds models/mobilenet_v1_025_224.onnx, trained on ImageNet and exported by Keras, and in
reference/ what Keras on TensorFlow computes for class 88 at macaw_input.npy, the softmax made
linear. Exits with status 1 if any relative L2 error is above 1e-4.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from compare_gradients import Comparison

UNIT = 88
"""Macaw."""

GRADIENTS = {"none": "saliency", "guided": "guided", "rectified": "rectified"}
"""From the backprop modifier to the name of the stored gradient."""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.add_argument("--phosphene", type=Path, required=True, metavar="LAUNCHER")
    arguments = parser.parse_args()
    model = arguments.directory / "models" / "mobilenet_v1_025_224.onnx"
    reference = arguments.directory / "reference"
    x = reference / "macaw_input.npy"
    with tempfile.TemporaryDirectory() as workplace:
        comparison = Comparison(arguments.phosphene.resolve(), workplace)
        for backprop, name in GRADIENTS.items():
            comparison.gradient(
                f"mobilenet_v1_025_224 gradient, {backprop}", model, x,
                reference / f"macaw_{name}_gradient.npy", 0.0, UNIT, backprop=backprop)
        comparison.grad_cam(
            "mobilenet_v1_025_224 Grad-CAM", model, x, reference / "macaw_gradcam_7x7.npy", UNIT)
    print(f"{comparison.count - comparison.failures} of {comparison.count} comparisons passed")
    sys.exit(1 if comparison.failures else 0)


if __name__ == "__main__":
    main()
