"""Makes the stored references of exchanged activations and of modified backpropagation.

Writes exchange.onnx, a network whose activations the test exchanges, with exchange.json (the cases:
activation by layer), exchange.input.npy, and for all cases exchange.outputs.npy and
exchange.gradients.npy, the gradient at the input of the mean over the batch of one unit; and
rectifiers.json, rectifiers.input.npy, and for each rectifying activation rectifier.NAME.onnx, two
convolutions that it follows, with rectifier.NAME.npy: the plain, guided and rectified gradient at
the input of the mean of one filter. Some are there again as PyTorch's exporters decompose them.
"""

import argparse
import json
import math
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from torch import nn

import networks
import tiny

UNIT = 2
"""The unit or filter that is differentiated."""

OPERATOR_SET = 20
"""The first that has Gelu."""

ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": F.relu,
    "relu6": F.relu6,
    "leaky_relu": lambda x: F.leaky_relu(x, 0.2),
    "elu": F.elu,
    "selu": F.selu,
    "softplus": F.softplus,
    "softsign": F.softsign,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "hard_sigmoid": F.hardsigmoid,
    "gelu": F.gelu,
    "silu": F.silu,
    "hard_silu": F.hardswish,
    "mish": F.mish,
    "exponential": torch.exp,
    "softmax": lambda x: F.softmax(x, 1),
}
"""What Phosphene's names mean; filters are axis 1 of every layer of the network below."""

EXCHANGES = [{"relu": name} for name in ACTIVATIONS] + [
    {"softmax": "linear"},
    {"fc": "tanh"},
    {"conv2": "softmax"},
    {"relu": "elu", "relu6": "gelu", "fc": "softplus", "softmax": "sigmoid"},
]


class Exchange(nn.Module):
    """Two convolutions, ReLU, ReLU6 and a dense layer with softmax, each a layer by its name."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 3)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(6, 8, 3, 2)
        self.relu6 = nn.ReLU6()
        self.fc = nn.Linear(8, 5)
        self.softmax = nn.Softmax(1)

    def forward(self, x):
        x = self.relu6(self.conv2(self.relu(self.conv1(x))))
        return self.softmax(self.fc(x.mean([2, 3])))

    def exchanged(self, x, exchanges):
        """What the network gives where some layers end in another activation."""
        for name in ("conv1", "relu", "conv2", "relu6", "mean", "fc", "softmax"):
            own = name in ("relu", "relu6", "softmax")
            if name == "mean":
                x = x.mean([2, 3])
            elif not (own and name in exchanges):
                x = getattr(self, name)(x)
            if name in exchanges:
                x = ACTIVATIONS[exchanges[name]](x)
        return x


def write_exchange(directory):
    torch.manual_seed(networks.seed("exchange"))
    model = Exchange().eval()
    model.requires_grad_(False)
    nn.init.normal_(model.conv1.weight, 0, 0.5)
    nn.init.normal_(model.conv2.weight, 0, 0.5)
    x = torch.from_numpy(networks.random_input("exchange", (2, 3, 9, 9)))
    torch.onnx.export(model, (x,), directory / "exchange.onnx", dynamo=False, opset_version=17,
                      input_names=["input"], output_names=["output"])
    outputs, gradients = [], []
    model = model.double()
    for exchanges in EXCHANGES:
        seen = x.double().requires_grad_(True)
        y = model.exchanged(seen, exchanges)
        outputs.append(y.detach().float().numpy())
        gradients.append(torch.autograd.grad(y[:, UNIT].mean(), seen)[0].float().numpy())
    np.save(directory / "exchange.input.npy", x.numpy())
    np.save(directory / "exchange.outputs.npy", np.stack(outputs))
    np.save(directory / "exchange.gradients.npy", np.stack(gradients))
    text = json.dumps({"unit": UNIT, "cases": EXCHANGES}, indent=1)
    (directory / "exchange.json").write_text(text + "\n")


SLOPES = torch.tensor([0.1, 0.25, 0.5, 0.7]).view(4, 1, 1)
SELU_ALPHA, SELU_GAMMA = 1.6732632423543772, 1.0507009873554805
TANH_GELU = math.sqrt(2 / math.pi)


def step(x):
    return (x > 0).to(x)


def gelu_slope(x):
    density = torch.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    return (1 + torch.erf(x / math.sqrt(2))) / 2 + x * density


def tanh_gelu_slope(x):
    t = torch.tanh(TANH_GELU * (x + 0.044715 * x**3))
    return (1 + t) / 2 + x / 2 * (1 - t * t) * TANH_GELU * (1 + 3 * 0.044715 * x * x)


def swish_slope(x, alpha=1.0):
    s = torch.sigmoid(alpha * x)
    return s + alpha * x * s * (1 - s)


def mish_slope(x):
    t = torch.tanh(F.softplus(x))
    return t + x * (1 - t * t) * torch.sigmoid(x)


def hard_swish_slope(x):
    return torch.where(x <= -3, 0.0, torch.where(x >= 3, 1.0, x / 3 + 0.5))


RECTIFIERS = {
    # name: operator, its attributes, its further inputs, function, derivative
    "Relu": ("Relu", {}, [], F.relu, step),
    "Clip": ("Clip", {}, [0.0, 6.0], F.relu6, lambda x: step(x) * step(6 - x)),
    "ThresholdedRelu": ("ThresholdedRelu", {"alpha": 0.4}, [],
                        lambda x: x * step(x - 0.4), lambda x: step(x - 0.4)),
    "LeakyRelu": ("LeakyRelu", {"alpha": 0.2}, [], lambda x: F.leaky_relu(x, 0.2),
                  lambda x: torch.where(x > 0, 1.0, 0.2)),
    "PRelu": ("PRelu", {}, [SLOPES], lambda x: torch.where(x > 0, x, SLOPES.to(x) * x),
              lambda x: torch.where(x > 0, torch.ones_like(x), SLOPES.to(x))),
    "Elu": ("Elu", {"alpha": 0.7}, [], lambda x: F.elu(x, 0.7),
            lambda x: torch.where(x > 0, 1.0, 0.7 * torch.exp(x))),
    "Selu": ("Selu", {}, [], F.selu,
             lambda x: SELU_GAMMA * torch.where(x > 0, 1.0, SELU_ALPHA * torch.exp(x))),
    "Celu": ("Celu", {"alpha": 0.5}, [], lambda x: F.celu(x, 0.5),
             lambda x: torch.where(x > 0, 1.0, torch.exp(x / 0.5))),
    "Softplus": ("Softplus", {}, [], F.softplus, torch.sigmoid),
    "HardSwish": ("HardSwish", {}, [], F.hardswish, hard_swish_slope),
    "Mish": ("Mish", {}, [], F.mish, mish_slope),
    "Gelu": ("Gelu", {}, [], F.gelu, gelu_slope),
    "TanhGelu": ("Gelu", {"approximate": "tanh"}, [], lambda x: F.gelu(x, approximate="tanh"),
                 tanh_gelu_slope),
    "ContributedGelu": ("com.microsoft.Gelu", {}, [], F.gelu, gelu_slope),
    "FastGelu": ("com.microsoft.FastGelu", {}, [], lambda x: F.gelu(x, approximate="tanh"),
                 tanh_gelu_slope),
    "QuickGelu": ("com.microsoft.QuickGelu", {"alpha": 1.702}, [],
                  lambda x: x * torch.sigmoid(1.702 * x), lambda x: swish_slope(x, 1.702)),
    "Swish": ("com.microsoft.QuickGelu", {"alpha": 1.0}, [], F.silu, swish_slope),
}


DECOMPOSED = {
    # name: module, its name in RECTIFIERS, exporter and version of the operators
    "SiLU.torchscript": (nn.SiLU(), "Swish", False, 17),
    "SiLU.dynamo": (nn.SiLU(), "Swish", True, 18),
    "GELU.torchscript": (nn.GELU(), "Gelu", False, 17),
    "GELU.dynamo": (nn.GELU(), "Gelu", True, 18),
    "TanhGELU.torchscript": (nn.GELU("tanh"), "TanhGelu", False, 17),
    "TanhGELU.dynamo": (nn.GELU("tanh"), "TanhGelu", True, 18),
    "Mish.torchscript": (nn.Mish(), "Mish", False, 17),
    "Mish.dynamo": (nn.Mish(), "Mish", True, 18),
    "Hardswish.torchscript": (nn.Hardswish(), "HardSwish", False, 13),
    "Hardswish.dynamo": (nn.Hardswish(), "HardSwish", True, 18),
}
"""Rectifiers as PyTorch's exporters write them where the operators have none of that kind."""


class Modified(torch.autograd.Function):
    """An activation with a gradient by its paper, for dy above: guided or rectified."""

    @staticmethod
    def forward(context, x, function, slope, modifier):
        context.save_for_backward(x)
        context.slope, context.modifier = slope, modifier
        return function(x)

    @staticmethod
    def backward(context, dy):
        (x,) = context.saved_tensors
        if context.modifier == "rectified":  # Zeiler and Fergus: the rectifier itself, on dy
            gradient = torch.clamp(dy, min=0)
        elif context.modifier == "guided":  # Springenberg et al.: of active units, and positive
            gradient = torch.clamp(dy, min=0) * context.slope(x) * (x > 0)
        else:
            gradient = dy * context.slope(x)
        return gradient, None, None, None


def write_rectifiers(directory):
    torch.manual_seed(networks.seed("rectifiers"))
    first, second = 0.6 * torch.randn(4, 2, 3, 3), 0.4 * torch.randn(4, 4, 3, 3)
    biases = 0.5 * torch.randn(2, 4)
    x = torch.from_numpy(networks.random_input("rectifiers", (2, 2, 8, 8)))
    np.save(directory / "rectifiers.input.npy", x.numpy())
    for name, (operator, attributes, further, function, slope) in RECTIFIERS.items():
        path = directory / f"rectifier.{name}.onnx"
        onnx.save(rectifier_network(operator, attributes, further, first, second, biases), path)
        check_slope(name, function, slope)
        gradients = []
        for modifier in ("none", "guided", "rectified"):
            seen = x.double().requires_grad_(True)
            y = seen
            for weight, bias in ((first, biases[0]), (second, biases[1])):
                y = F.conv2d(y, weight.double(), bias.double(), padding=1)
                y = Modified.apply(y, function, slope, modifier)
            gradients.append(torch.autograd.grad(y[:, UNIT].mean(), seen)[0])
        np.save(directory / f"rectifier.{name}.npy", torch.stack(gradients).float().numpy())
    for name, (module, _, dynamo, operator_set) in DECOMPOSED.items():
        convolutions = nn.Conv2d(2, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)
        for convolution, weight, bias in zip(convolutions, (first, second), biases):
            convolution.weight.data, convolution.bias.data = weight, bias
        network = nn.Sequential(convolutions[0], module, convolutions[1], module).eval()
        network.requires_grad_(False)
        path = directory / f"rectifier.{name}.onnx"
        fixed = {} if dynamo else {"dynamic_axes": {}}
        networks.export(network, x, path, "dynamo" if dynamo else "torchscript",
                        opset_version=operator_set, **fixed)
        tiny.strip(path)
    text = json.dumps({"unit": UNIT, "rectifiers": {name: name for name in RECTIFIERS}
                       | {name: entry[1] for name, entry in DECOMPOSED.items()}}, indent=1)
    (directory / "rectifiers.json").write_text(text + "\n")


def check_slope(name, function, slope):
    """The derivatives written here must be autograd's."""
    x = torch.linspace(-4.05, 8.05, 40, dtype=torch.float64).view(1, 1, 40, 1).repeat(1, 4, 1, 1)
    x.requires_grad_(True)
    (expected,) = torch.autograd.grad(function(x).sum(), x)
    error = (slope(x.detach()) - expected).abs().max().item()
    if error > 1e-6:
        raise SystemExit(f"The derivative of {name} is wrong by {error:.1e}")


def rectifier_network(operator, attributes, further, first, second, biases):
    domain, _, kind = operator.rpartition(".")
    tensors = {"w1": first, "b1": biases[0], "w2": second, "b2": biases[1]}
    tensors |= {f"more{i}": torch.as_tensor(value) for i, value in enumerate(further)}
    more = [f"more{i}" for i in range(len(further))]
    nodes = []
    for i, source in ((1, "input"), (2, "a1")):
        nodes.append(helper.make_node("Conv", [source, f"w{i}", f"b{i}"], [f"c{i}"],
                                      pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node(kind, [f"c{i}", *more], [f"a{i}"], domain=domain,
                                      **attributes))
    image = helper.make_tensor_value_info("input", TensorProto.FLOAT, [2, 2, 8, 8])
    output = helper.make_tensor_value_info("a2", TensorProto.FLOAT, [2, 4, 8, 8])
    weights = [numpy_helper.from_array(np.asarray(t, np.float32), n) for n, t in tensors.items()]
    graph = helper.make_graph(nodes, "rectifier", [image], [output], weights)
    sets = [helper.make_opsetid("", OPERATOR_SET), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=sets, ir_version=9)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    directory = parser.parse_args().directory
    warnings.simplefilter("ignore")
    directory.mkdir(parents=True, exist_ok=True)
    write_exchange(directory)
    write_rectifiers(directory)


if __name__ == "__main__":
    main()
