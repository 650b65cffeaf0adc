"""Writes a network of any size as an ONNX file with external data: large products or convolutions.

Weights are random and written one by one, so that this script itself needs memory for one of them.
"""

import argparse
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper

PAGE = 4096
KINDS = ("conv", "gemm", "matmul")


class Weights:
    """The file, or files, beside the model that hold its weights."""

    def __init__(self, model, files):
        names = [f"{model.name}.data"] if files == 1 else [
            f"{model.name}.{number}.data" for number in range(files)]
        self._files = [open(model.with_name(name), "wb") for name in names]
        self._random = np.random.default_rng(0)
        self.tensors = []
        self.bytes = 0

    def add(self, name, sizes, deviation):
        """Writes one weight, each to the next file in turn."""
        file = self._files[len(self.tensors) % len(self._files)]
        file.seek(-(-file.tell() // PAGE) * PAGE)
        values = self._random.standard_normal(sizes, dtype=np.float32) * np.float32(deviation)
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=sizes,
                             data_location=TensorProto.EXTERNAL)
        place = {"location": Path(file.name).name, "offset": file.tell(), "length": values.nbytes}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=str(value))
        values.tofile(file)
        self.tensors.append(tensor)
        self.bytes += values.nbytes

    def close(self):
        for file in self._files:
            file.close()


def layer(kind, number, value, weights, width, entry):
    """Adds one layer with a ReLU and returns its nodes and the name of what it gives."""
    inner = 3 * entry * entry if number == 0 else width
    name, weight = f"/layer{number}", f"layer{number}.weight"
    nodes = []
    if kind == "conv":
        channels = 3 if number == 0 else width
        weights.add(weight, (width, channels, 3, 3), (2 / (9 * channels)) ** 0.5)
        nodes.append(helper.make_node("Conv", [value, weight], [f"{name}/Conv_output_0"],
                                      f"{name}/Conv", pads=[1] * 4,
                                      strides=[4, 4] if number == 0 else [1, 1]))
    elif kind == "gemm":
        weights.add(weight, (width, inner), (2 / inner) ** 0.5)
        nodes.append(helper.make_node("Gemm", [value, weight], [f"{name}/Gemm_output_0"],
                                      f"{name}/Gemm", transB=1))
    else:
        weights.add(weight, (inner, width), (2 / inner) ** 0.5)
        nodes.append(helper.make_node("MatMul", [value, weight], [f"{name}/MatMul_output_0"],
                                      f"{name}/MatMul"))
    relu = f"{name}/Relu_output_0"
    nodes.append(helper.make_node("Relu", list(nodes[-1].output), [relu], f"{name}/Relu"))
    return nodes, relu


def write(kind, model, gigabytes, width, files):
    """Writes the network; returns the bytes of its weights."""
    weights = Weights(model, files)
    entry = 64 if kind == "conv" else 32
    nodes, value = [], "input"
    if kind != "conv":
        nodes.append(helper.make_node("Flatten", ["input"], ["flat"], "/Flatten"))
        value = "flat"
    number = 0
    while weights.bytes < gigabytes * 1e9:
        more, value = layer(kind, number, value, weights, width, entry)
        nodes += more
        number += 1
    weights.close()
    if kind == "conv":
        nodes.append(helper.make_node("GlobalAveragePool", [value], ["pooled"], "/pool"))
        nodes.append(helper.make_node("Flatten", ["pooled"], ["output"], "/Flatten"))
    else:
        nodes.append(helper.make_node("Identity", [value], ["output"], "/Identity"))
    graph = helper.make_graph(
        nodes, kind,
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 3, entry, entry])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["N", width])])
    graph.initializer.extend(weights.tensors)
    content = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    model.write_bytes(content.SerializeToString())
    return weights.bytes


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("model", type=Path, metavar="MODEL.onnx")
    parser.add_argument("--gigabytes", type=float, default=2.6)
    parser.add_argument("--width", type=int, help="units or channels of a layer (4096, 1024)")
    parser.add_argument("--files", type=int, default=1, help="how many files hold the weights")
    arguments = parser.parse_args()
    width = arguments.width or (1024 if arguments.kind == "conv" else 4096)
    size = write(arguments.kind, arguments.model, arguments.gigabytes, width, arguments.files)
    print(f"{arguments.model}: {size / 1e6:.0f} MB of weights")


if __name__ == "__main__":
    main()
