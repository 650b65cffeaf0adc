"""Compares networks of keras.applications, layer by layer, with Keras on TensorFlow.

Writes into a folder, per network, NAME.keras and NAME.h5 with random weights from a fixed seed,
statistics of BatchNormalization from a batch, and NAME.reference.h5 as keras_layers.py has it: the
output of every layer, and the gradient of one logit (its softmax made linear) at the input, with
the noise, which is how far TensorFlow's own gradient moves when inputs are perturbed by 1e-6.

Then opens both files with Phosphene, in one Java process each, and prints a table; status 1 if a
layer's output is off by more than 1e-4 or the gradient by more than max(1e-4, 3 x noise).
"""

import argparse
import gc
import json
import subprocess
import sys
from pathlib import Path

import keras_layers as peer  # before keras: it chooses the backend
import keras
import numpy as np
import tensorflow as tf
from keras import layers

SIZES = {
    "VGG16": 64, "ResNet50": 96, "ResNet50V2": 96, "InceptionV3": 139, "InceptionResNetV2": 139,
    "Xception": 96, "MobileNet": 96, "MobileNetV2": 96, "MobileNetV3Small": 96, "DenseNet121": 64,
    "NASNetMobile": 96, "EfficientNetB0": 96, "EfficientNetV2B0": 96, "ConvNeXtTiny": 64,
}
"""Networks with the size that they are compared at."""

CLASSES = 20
LOGIT = 7
BATCH = 2
CALIBRATION = 16
OUTPUT_BOUND = 1e-4
GRADIENT_BOUND = 1e-4
NOISE_FACTOR = 3

REPOSITORY = Path(__file__).resolve().parents[2]
COMPARISON = Path(__file__).with_name("KerasApplications.java")


def application(name):
    size = SIZES[name]
    return getattr(keras.applications, name)(
        weights=None, input_shape=(size, size, 3), classes=CLASSES)


def pictures(model, size, count, random):
    """Random pictures in the range that the network takes: some scale their input themselves.

    They are soft blots beside noise, of different contrast. To a network, pictures of noise alone
    are all alike, and statistics of what hardly varies make rounding errors large.
    """
    blots = random.uniform(-1, 1, (count, 4, 4, 3))
    soft = np.asarray(tf.image.resize(blots, (size, size), "bicubic"))
    contrast = random.uniform(0.3, 1, (count, 1, 1, 3))
    noise = random.uniform(-0.3, 0.3, (count, size, size, 3))
    found = np.clip(contrast * soft + noise, -1, 1).astype("float32")
    scales = any(isinstance(l, (layers.Rescaling, layers.Normalization)) for l in model.layers)
    return 127.5 * (found + 1) if scales else found


def calibrate(model, batch, random):
    """Biases and scales that are neither zero nor one; then statistics from a batch.

    In training every BatchNormalization already normalizes with the batch's statistics, so that one
    pass without momentum gives all of them. Offsets are mostly above zero, as in trained networks:
    with half of all units off, rounding errors would grow from layer to layer.
    """
    for layer in model.layers:
        if isinstance(layer, layers.Normalization):
            continue
        for weight in layer.weights:
            values = weight.numpy()
            if values.ndim == 1 and np.ptp(values) == 0 and "moving" not in weight.path:
                mean = 0.5 if "beta" in weight.path else 0.0
                spread = 0.2 * abs(values[0]) if values[0] else 0.05 + mean / 2
                moved = values + random.normal(mean, spread, values.shape)
                weight.assign(moved.astype("float32"))
    norms = [l for l in model.layers if isinstance(l, layers.BatchNormalization)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    if norms:
        model(batch, training=True)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum


def store(name, folder):
    """Makes a network and its reference."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(7)
    random = np.random.default_rng(11)
    model = application(name)
    calibrate(model, pictures(model, SIZES[name], CALIBRATION, random), random)
    model.save(folder / f"{name}.keras")
    model.save(folder / f"{name}.h5")
    model.layers[-1].activation = keras.activations.linear
    given = pictures(model, SIZES[name], BATCH, random)

    cotangent = np.zeros((BATCH, CLASSES), "float32")
    cotangent[:, LOGIT] = 1
    peer.reference(model, folder / f"{name}.reference.h5", random, [given], cotangent)
    del model
    gc.collect()


def compare(file, reference, classpath):
    """What KerasApplications.java finds, or None and its last line."""
    done = subprocess.run(
        ["java", "-XX:+UseSerialGC", "-cp", classpath, str(COMPARISON), str(file), str(reference)],
        capture_output=True, text=True, check=False)
    lines = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
    if done.returncode != 0:
        return None, lines[0] if lines else f"status {done.returncode}"
    return json.loads(lines[-1]), ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--again", action="store_true", help="compare with references made before")
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help=", ".join(SIZES))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    classpath = ":".join(
        str(REPOSITORY / part) for part in ("testkit/target/classes", "cli/target/phosphene.jar"))
    print("| network | input | layers | worst output, .keras / .h5 | at layer"
          " | gradient of a logit, .keras / .h5 | noise | bound |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
    failed = False
    for name in options.names or SIZES:
        reference = options.folder / f"{name}.reference.h5"
        if not (options.again and reference.exists()):
            store(name, options.folder)
        results = []
        for ending in (".keras", ".h5"):
            result, failure = compare(options.folder / (name + ending), reference, classpath)
            if result is None:
                print(f"{name}{ending}: {failure}", file=sys.stderr)
                failed = True
                continue
            bound = max(GRADIENT_BOUND, NOISE_FACTOR * result["noise"])
            # Not "greater than": what is not a number fails too.
            if not (result["worst"] <= OUTPUT_BOUND and result["gradient"] <= bound):
                print(f"{name}{ending}: exceeds the bound", file=sys.stderr)
                failed = True
            results.append(result)
        if results:
            size = SIZES[name]
            first = results[0]
            worst = " / ".join(f"{r['worst']:.1e}" for r in results)
            gradient = " / ".join(f"{r['gradient']:.1e}" for r in results)
            bound = max(GRADIENT_BOUND, NOISE_FACTOR * first["noise"])
            print(f"| {name} | {size} x {size} | {first['layers']} | {worst} | {first['where']}"
                  f" | {gradient} | {first['noise']:.1e} | {bound:.1e} |", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
