"""Compares gradients, modified gradients and Grad-CAM of a trained Keras network with stored ones.

DIR holds models/mobilenet_v1_025_224, trained on ImageNet, as .keras and .h5, and as .onnx that
Keras exported, and in reference/ what Keras on TensorFlow computes for class 88 at
macaw_input.npy, the softmax made linear; predictions.json has the five likeliest classes of
images/: the first must agree, probabilities within 1e-2. Exits with status 1 if any relative L2 error is
above 1e-4.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import phosphene
from compare_gradients import Comparison

UNIT = 88
"""Macaw."""

GRADIENTS = {"none": "saliency", "guided": "guided", "rectified": "rectified"}
"""From the backprop modifier to the name of the stored gradient."""


ENDINGS = (".keras", ".h5", ".onnx")

PROBABILITY = 1e-2
"""How far a probability may be off; photos are scaled by different code."""


def predictions(comparison, model, directory):
    """Compares the likeliest classes of every photo."""
    expected = json.loads((directory / "reference" / "predictions.json").read_text())
    for photo, classes in expected.items():
        taken = phosphene.run(
            comparison.launcher, "run", model, "--input", directory / "images" / photo, "--json",
            "--quiet", "--labels", directory / "models" / "imagenet_labels.txt")
        found = [(a["filter"], a["score"]) for a in json.loads(taken.output)["answers"]]
        error = max(abs(score - p) for (_, score), (_, _, p) in zip(found, classes))
        passed = found[0][0] == classes[0][0] and error <= PROBABILITY
        comparison.count += 1
        comparison.failures += not passed
        print(f"{model.name + ' ' + photo:48} {error:8.1e} {'':8} {PROBABILITY:8.1e} "
              f"{'pass' if passed else 'FAIL'} {taken.seconds:7.1f} {taken.megabytes:7.0f}",
              flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.add_argument("--phosphene", type=Path, required=True, metavar="LAUNCHER")
    arguments = parser.parse_args()
    reference = arguments.directory / "reference"
    x = reference / "macaw_input.npy"
    with tempfile.TemporaryDirectory() as workplace:
        comparison = Comparison(arguments.phosphene.resolve(), workplace)
        for ending in ENDINGS:
            model = arguments.directory / "models" / f"mobilenet_v1_025_224{ending}"
            for backprop, name in GRADIENTS.items():
                comparison.gradient(
                    f"mobilenet_v1_025_224{ending} gradient, {backprop}", model, x,
                    reference / f"macaw_{name}_gradient.npy", 0.0, UNIT, backprop=backprop)
            comparison.grad_cam(
                f"mobilenet_v1_025_224{ending} Grad-CAM", model, x,
                reference / "macaw_gradcam_7x7.npy", UNIT)
            predictions(comparison, model, arguments.directory)
    print(f"{comparison.count - comparison.failures} of {comparison.count} comparisons passed")
    sys.exit(1 if comparison.failures else 0)


if __name__ == "__main__":
    main()
