#!/usr/bin/env python3
"""Writes the trained network as ONNX and as a Keras 3 archive, and checks that both agree with it.

Usage: python export.py CIFAR10_FOLDER WEIGHTS.pt FOLDER     writes cifar10.onnx, cifar10.keras,
cifar10.labels.txt and photos/CLASS.png into FOLDER
"""

import argparse
import os
import tempfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import onnx
import onnxruntime
import torch
from PIL import Image

from attack import l2_attack
from network import CLASSES, DEVIATION, MEAN, STAGE_WIDTHS, STEM_WIDTH, Network, parameter_count
from photos import read, to_network

OPSET = 17
LOGIT_TOLERANCE = 1e-4
MODEL_SIZE_LIMIT = 4_000_000
ATTACK_RADII = (0.25, 0.5)
ATTACK_STEPS = 10
ATTACKED_PER_CLASS = 200

# What the network expects of its input, under the keys that Phosphene reads.
INPUT_CONTRACT = {
    "phosphene.layout": "NCHW",
    "phosphene.channels": "RGB",
    "phosphene.range": "0,1",
    "phosphene.mean": "0,0,0",
    "phosphene.deviation": "1,1,1",
    "phosphene.labels": "\n".join(CLASSES),
}


def write_onnx(network, path):
    """Exports with dynamic batch, height and width, and adds the input contract as metadata."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            network, (torch.rand(2, 3, 32, 32),), str(plain), dynamo=False, opset_version=OPSET,
            input_names=["image"], output_names=["logits"],
            dynamic_axes={"image": {0: "N", 2: "H", 3: "W"}, "logits": {0: "N"}},
        )  # fmt: skip
        model = onnx.load(plain)
    name_weights(model.graph)
    onnx.helper.set_model_props(model, INPUT_CONTRACT)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
    if path.stat().st_size > MODEL_SIZE_LIMIT:
        raise SystemExit(f"{path}: {path.stat().st_size} bytes, limit {MODEL_SIZE_LIMIT}")


def name_weights(graph):
    """Names the weights that the exporter merged with a BatchNorm after their convolutions."""
    names = {}
    for node in graph.node:
        if node.op_type == "Conv":
            module = node.name.removesuffix("/Conv").strip("/").replace("/", ".")
            names.update(zip(node.input[1:], (f"{module}.weight", f"{module}.bias")))
    for weight in graph.initializer:
        weight.name = names.get(weight.name, weight.name)
    for node in graph.node:
        node.input[:] = [names.get(value, value) for value in node.input]


def keras_network():
    """The same network of Keras layers, channels last, size-independent like the original."""
    layers = keras.layers

    def convolution(x, width, name):
        return layers.Conv2D(width, 3, padding="same", use_bias=False, name=name)(x)

    def normalization(x, name):
        return layers.BatchNormalization(epsilon=1e-5, name=name)(x)

    def block(x, width, name):
        y = normalization(convolution(x, width, f"{name}_conv1"), f"{name}_norm1")
        y = layers.ReLU(name=f"{name}_relu1")(y)
        y = normalization(convolution(y, width, f"{name}_conv2"), f"{name}_norm2")
        y = layers.Add(name=f"{name}_add")([x, y])
        return layers.ReLU(name=f"{name}_relu2")(y)

    def widening(x, width, name):
        x = normalization(convolution(x, width, f"{name}_conv"), f"{name}_norm")
        return layers.ReLU(name=f"{name}_relu")(x)

    image = keras.Input((None, None, 3), name="image")
    variance = [deviation**2 for deviation in DEVIATION]
    x = layers.Normalization(mean=MEAN, variance=variance, name="normalize")(image)
    x = widening(x, STEM_WIDTH, "stem")
    for number, width in enumerate(STAGE_WIDTHS, start=1):
        x = widening(x, width, f"stage{number}")
        x = layers.AveragePooling2D(2, name=f"stage{number}_pool")(x)
        x = block(x, width, f"stage{number}_block1")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(image, layers.Dense(len(CLASSES), name="head")(x), name="cifar10")


def copy_weights(network, model):
    """Gives each Keras layer the weights of the PyTorch module of the same name."""
    modules = {name.replace(".", "_"): module for name, module in network.named_modules()}
    for layer in model.layers:
        module = modules.get(layer.name)
        if isinstance(module, torch.nn.Conv2d):
            layer.set_weights([module.weight.detach().permute(2, 3, 1, 0).numpy()])
        elif isinstance(module, torch.nn.BatchNorm2d):
            values = (module.weight, module.bias, module.running_mean, module.running_var)
            layer.set_weights([value.detach().numpy() for value in values])
        elif isinstance(module, torch.nn.Linear):
            layer.set_weights([module.weight.detach().T.numpy(), module.bias.detach().numpy()])
        elif layer.weights and layer.name != "normalize":
            raise SystemExit(f"layer {layer.name}: no PyTorch module of that name has its weights")


def write_keras(network, path):
    model = keras_network()
    copy_weights(network, model)
    model.save(path)


def check_agreement(network, folder, photos):
    """Prints, and bounds, how far the logits of both files are from PyTorch's, at two sizes."""
    session = onnxruntime.InferenceSession(folder / "cifar10.onnx")
    model = keras.saving.load_model(folder / "cifar10.keras", compile=False)
    for size in (32, 96):
        x = torch.nn.functional.interpolate(to_network(photos), (size, size), mode="bilinear")
        x = x.contiguous()
        with torch.no_grad():
            expected = network(x).numpy()
        by_onnx = session.run(None, {"image": x.numpy()})[0]
        by_keras = keras.ops.convert_to_numpy(model(x.permute(0, 2, 3, 1).contiguous()))
        for name, logits in (("ONNX Runtime", by_onnx), ("Keras", by_keras)):
            difference = np.abs(logits - expected).max()
            print(f"{name} and PyTorch, {size} pixels: logits differ by at most {difference:.1e}")
            if not difference <= LOGIT_TOLERANCE:
                raise SystemExit(f"more than {LOGIT_TOLERANCE}")


def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def accuracy_report(network, path, photos, labels, radii):
    """Prints the accuracy of the ONNX file on the test photos; returns its probabilities."""
    session = onnxruntime.InferenceSession(path)
    logits = np.concatenate(
        [session.run(None, {"image": to_network(part).numpy()})[0] for part in photos.split(500)]
    )
    right = logits.argmax(axis=1) == labels.numpy()
    print(f"parameters {parameter_count(network)}, file {path.stat().st_size} bytes")
    print(f"ONNX Runtime, {len(labels)} test photos: accuracy {right.mean():.4f}")
    columns = [("clean", right, labels)]
    every = len(labels) // (len(CLASSES) * ATTACKED_PER_CLASS)
    for radius in radii:
        hits = attacked_hits(network, photos[::every], labels[::every], radius)
        columns.append((f"L2 {radius}", hits, labels[::every]))
        print(f"{ATTACK_STEPS}-step attack, L2 radius {radius}, {len(hits)} test photos: "
              f"accuracy {hits.mean():.4f}")  # fmt: skip
    print("\n| class | " + " | ".join(title for title, _, _ in columns) + " |")
    print("| --- |" + " --- |" * len(columns))
    for index, name in enumerate(CLASSES):
        row = [hits[of.numpy() == index].mean() for _, hits, of in columns]
        print(f"| {name} | " + " | ".join(f"{100 * value:.1f} %" for value in row) + " |")
    return softmax(logits)


def attacked_hits(network, photos, labels, radius):
    """Which photos are still classified right after projected gradient descent."""
    generator = torch.Generator().manual_seed(0)
    hits = []
    for part, expected in zip(photos.split(250), labels.split(250)):
        x = l2_attack(
            network, to_network(part), expected, radius, ATTACK_STEPS, 0.25, generator
        )
        with torch.no_grad():
            hits.append((network(x).argmax(1) == expected).numpy())
    return np.concatenate(hits)


def write_photos(folder, photos, labels, probabilities, chosen):
    """One test photo of each class: `chosen` positions in the class, else the most confident."""
    folder.mkdir(parents=True, exist_ok=True)
    for index, name in enumerate(CLASSES):
        of_class = np.flatnonzero(labels.numpy() == index)
        confidence = probabilities[of_class, index]
        position = chosen.get(name, int(confidence.argmax()))
        print(f"photo of {name}: test photo {position}, probability {confidence[position]:.3f}")
        if probabilities[of_class[position]].argmax() != index:
            raise SystemExit(f"{name}: test photo {position} is not classified correctly")
        picture = Image.fromarray(photos[of_class[position]].numpy())
        picture.save(folder / f"{name}.png", optimize=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder that holds test/CLASS/*.jpg")
    parser.add_argument("weights", type=Path, help="average.pt, as train.py writes it")
    parser.add_argument("folder", type=Path, help="folder to write into")
    parser.add_argument(
        "--photo", action="append", default=[], metavar="CLASS=POSITION",
        help="test photo to take for a class, by position in its sorted folder",
    )  # fmt: skip
    parser.add_argument(
        "--radii", nargs="*", type=float, default=ATTACK_RADII,
        help="L2 radii to measure the accuracy under attack at",
    )  # fmt: skip
    arguments = parser.parse_args()
    chosen = {name: int(at) for name, at in (choice.split("=") for choice in arguments.photo)}
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    network = Network()
    network.load_state_dict(torch.load(arguments.weights))
    network.eval()
    photos, labels = read(arguments.data / "test")
    write_onnx(network, folder / "cifar10.onnx")
    write_keras(network, folder / "cifar10.keras")
    (folder / "cifar10.labels.txt").write_text("\n".join(CLASSES) + "\n", encoding="utf-8")
    check_agreement(network, folder, photos[::250])
    path = folder / "cifar10.onnx"
    probabilities = accuracy_report(network, path, photos, labels, arguments.radii)
    write_photos(folder / "photos", photos, labels, probabilities, chosen)


if __name__ == "__main__":
    main()
