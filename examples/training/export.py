"""Writes a trained network as ONNX with its sidecar and labels, and checks the file."""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

RESOURCES = Path(__file__).parents[1] / "src/main/resources/dev/phosphene/examples"
OPSET = 17
LARGEST_FILE = 400_000  # bytes
TOLERANCE = 1e-4


def write(network, example, name, inputs, outputs, contract, labels=()):
    """Writes NAME.onnx, NAME.phosphene.json and, with labels, NAME.labels.txt; returns the path.

    `inputs` and `outputs` name the one input and the one output. `contract` says what the input
    is; it goes into the sidecar, and into the model's metadata, for where the model goes without
    its sidecar. The batch size is left open.
    """
    RESOURCES.mkdir(parents=True, exist_ok=True)
    path = RESOURCES / f"{name}.onnx"
    network.eval()
    torch.onnx.export(
        network, (example,), str(path), dynamo=False, opset_version=OPSET,
        input_names=[inputs], output_names=[outputs],
        dynamic_axes={inputs: {0: "N"}, outputs: {0: "N"}},
    )  # fmt: skip
    model = onnx.load(path)
    name_weights(model.graph)
    notes = contract | ({"labels": list(labels)} if labels else {})
    onnx.helper.set_model_props(model, {f"phosphene.{key}": text(notes[key]) for key in notes})
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
    if path.stat().st_size > LARGEST_FILE:
        raise SystemExit(f"{path}: {path.stat().st_size} bytes, at most {LARGEST_FILE} expected")
    if labels:
        (RESOURCES / f"{name}.labels.txt").write_text("\n".join(labels) + "\n", encoding="utf-8")
    sidecar = RESOURCES / f"{name}.phosphene.json"
    sidecar.write_text(json.dumps(notes) + "\n", encoding="utf-8")
    check(network, example, path)
    return path


def text(value):
    """A value as the metadata of a model hold it: lists with an element on each line."""
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


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


def run(path, x):
    """What ONNX Runtime computes with the file, on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x.numpy()})[0]


def check(network, example, path):
    with torch.no_grad():
        expected = network(example).numpy()
    difference = np.abs(run(path, example) - expected).max()
    print(f"{path.name}: {path.stat().st_size} bytes, {difference:.1e} from PyTorch's outputs")
    if not difference < TOLERANCE:
        raise SystemExit(f"{path}: {difference} from PyTorch's outputs, below {TOLERANCE} expected")
