"""Makes the stored references of recurrent layers.

Writes for each network NAME.EXPORTER.onnx, and NAME.batch_first.onnx with the operator's layout 1,
which no exporter writes and the runtime refuses; and recurrent.input.npy, NAME.output.npy and
NAME.gradient.npy, the gradient at the input of the mean over the batch of one unit, by autograd in
float64; recurrent.json lists the files of each network and the unit. The same again over so many
steps that gradients go through loops, as NAME.long.*, some with sequences of different lengths.
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper
from torch import nn
from torch.nn.utils import rnn

import networks
import tiny

UNIT = 2
BATCH, STEPS, FEATURES, HIDDEN = 2, 5, 3, 4
LONG_STEPS = 200
LENGTHS = (LONG_STEPS, 137)

LAYERS = {
    "rnn": lambda: nn.RNN(FEATURES, HIDDEN, batch_first=True),
    "rnn_relu": lambda: nn.RNN(FEATURES, HIDDEN, nonlinearity="relu", batch_first=True),
    "gru": lambda: nn.GRU(FEATURES, HIDDEN, batch_first=True),
    "gru_without_bias": lambda: nn.GRU(FEATURES, HIDDEN, bias=False, batch_first=True),
    "gru_two_layers": lambda: nn.GRU(FEATURES, HIDDEN, 2, bidirectional=True, batch_first=True),
    "lstm": lambda: nn.LSTM(FEATURES, HIDDEN, batch_first=True),
    "lstm_two_layers": lambda: nn.LSTM(FEATURES, HIDDEN, 2, bidirectional=True, batch_first=True),
}


class Recurrent(nn.Module):
    """A recurrent layer of which all outputs are used: every step and the last states."""

    def __init__(self, layer, lengths=None):
        super().__init__()
        self.layer = layer
        self.lengths = lengths
        directions = 2 if layer.bidirectional else 1
        states = 2 if isinstance(layer, nn.LSTM) else 1
        self.fc = nn.Linear(HIDDEN * directions + HIDDEN * states, 5)

    def forward(self, x):
        every, last = self.layer(x) if self.lengths is None else self.ragged(x)
        states = last if isinstance(last, tuple) else (last,)
        return self.fc(torch.cat([every.mean(1), *(state[-1] for state in states)], 1))

    def ragged(self, x):
        packed = rnn.pack_padded_sequence(x, torch.tensor(self.lengths), batch_first=True)
        every, last = self.layer(packed)
        return rnn.pad_packed_sequence(every, batch_first=True)[0], last


def batch_first(source, path):
    """The same network with the recurrent operators' batch axis first; they keep their weights."""
    model = onnx.load(source)
    graph = model.graph
    nodes = []
    for node in graph.node:
        if node.op_type not in ("RNN", "GRU", "LSTM"):
            nodes.append(node)
            continue
        inner = onnx.NodeProto.FromString(node.SerializeToString())
        inner.attribute.append(helper.make_attribute("layout", 1))
        for index, value in enumerate(node.input):
            if value and index in (0, 5, 6):
                inner.input[index] = f"{node.name}_{index}_first"
                nodes.append(helper.make_node("Transpose", [value], [inner.input[index]],
                                              perm=[1, 0, 2]))
        nodes.append(inner)
        for index, value in enumerate(node.output):
            if value:
                inner.output[index] = f"{value}_first"
                order = [1, 2, 0, 3] if index == 0 else [1, 0, 2]
                nodes.append(helper.make_node("Transpose", [inner.output[index]], [value],
                                              perm=order))
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save(model, path)


def write(name, layer, x, directory):
    torch.manual_seed(networks.seed(name))
    model = Recurrent(layer()).eval()
    model.requires_grad_(False)
    files = []
    for exporter in ("torchscript", "dynamo"):
        path = directory / f"{name}.{exporter}.onnx"
        fixed = {} if exporter == "dynamo" else {"dynamic_axes": {}}
        networks.export(model, x, path, exporter, **fixed)
        tiny.strip(path)
        files.append(path.name)
    path = directory / f"{name}.batch_first.onnx"
    batch_first(directory / files[0], path)
    files.append(path.name)
    references(name, model, x, directory)
    return files


def write_long(name, layer, lengths, x, directory):
    torch.manual_seed(networks.seed(name))
    model = Recurrent(layer(), lengths).eval()
    model.requires_grad_(False)
    name += ".long" if lengths is None else ".ragged"
    path = directory / f"{name}.onnx"
    networks.export(model, x, path, "torchscript", dynamic_axes={})
    tiny.strip(path)
    references(name, model, x, directory)
    return name


def references(name, model, x, directory):
    model = model.double()
    seen = x.double().requires_grad_(True)
    y = model(seen)
    np.save(directory / f"{name}.output.npy", y.detach().float().numpy())
    gradient = torch.autograd.grad(y[:, UNIT].mean(), seen)[0]
    np.save(directory / f"{name}.gradient.npy", gradient.float().numpy())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    directory = parser.parse_args().directory
    warnings.simplefilter("ignore")
    directory.mkdir(parents=True, exist_ok=True)
    x = torch.from_numpy(networks.random_input("recurrent", (BATCH, STEPS, FEATURES)))
    np.save(directory / "recurrent.input.npy", x.numpy())
    files = {name: write(name, layer, x, directory) for name, layer in LAYERS.items()}
    x = torch.from_numpy(networks.random_input("recurrent", (BATCH, LONG_STEPS, FEATURES)))
    np.save(directory / "recurrent.long.input.npy", x.numpy())
    long = [
        write_long(name, layer, lengths, x, directory)
        for name, layer in LAYERS.items()
        for lengths in (None, LENGTHS)
    ]
    text = json.dumps({"unit": UNIT, "networks": files, "long": long}, indent=1)
    (directory / "recurrent.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
