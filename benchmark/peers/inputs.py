"""Makes the stored references of networks with several inputs, and of text.

Writes for each network NAME.EXPORTER.onnx with open sizes, NAME.INPUT.npy, NAME.output.npy and, by
autograd in float64, NAME.VARIABLE.gradient.npy: the gradient of the mean of one unit, over batch
and positions of the output's last axis, at an input or at the embedding of the tokens; inputs.json
lists them.
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

import networks
import tiny

UNIT = 2


class Masked(nn.Module):
    """A convolution over an image, weighted by a mask and moved by a step's row of a table."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3, padding=1)
        self.steps = nn.Embedding(4, 6)
        self.classifier = nn.Linear(6, 5)

    def forward(self, image, mask, step):
        features = torch.tanh(self.conv(image)) * mask + self.steps(step)[:, :, None, None]
        return self.classifier(torch.tanh(features).mean((2, 3)))


class Text(nn.Module):
    """A small BERT that gives the states of its last layer."""

    def __init__(self):
        super().__init__()
        import transformers

        self.model = transformers.BertModel(
            transformers.BertConfig(
                vocab_size=30, hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
                intermediate_size=16, max_position_embeddings=12))

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.model(input_ids, attention_mask, token_type_ids).last_hidden_state


def masked_inputs(generator):
    return {
        "image": generator.standard_normal((1, 3, 6, 8), dtype=np.float32),
        "mask": generator.random((1, 1, 6, 8), dtype=np.float32),
        "step": np.array([3]),
    }


def text_inputs(generator):
    return {
        "input_ids": generator.integers(1, 30, (1, 7)),
        "attention_mask": np.array([[1, 1, 1, 1, 1, 0, 0]]),
        "token_type_ids": np.array([[0, 0, 0, 1, 1, 1, 1]]),
    }


# Name: network, inputs, names of their open axes, and what gradients are with respect to.
NETWORKS = {
    "masked": (Masked, masked_inputs,
               {"image": {0: "batch", 2: "height", 3: "width"},
                "mask": {0: "batch", 2: "height", 3: "width"}, "step": {0: "batch"}},
               ["image", "mask"]),
    "text": (Text, text_inputs,
             {name: {0: "batch", 1: "sequence"}
              for name in ("input_ids", "attention_mask", "token_type_ids")},
             ["embedding"]),
}


def export(model, inputs, axes, path, exporter):
    """Both exporters leave the sizes of named axes open where they can."""
    arguments = tuple(torch.from_numpy(array) for array in inputs.values())
    names = dict(input_names=list(inputs), output_names=["output"])
    if exporter == "torchscript":
        torch.onnx.export(model, arguments, str(path), dynamo=False, opset_version=17,
                          dynamic_axes=axes, **names)
    else:
        torch.onnx.export(model, arguments, str(path), dynamo=True, external_data=False,
                          verbose=False, **names)
    tiny.strip(path)


def gradient(model, inputs, variable):
    """The output, and the gradient of the unit's mean at an input or at the tokens' embedding."""
    tensors = {
        name: torch.from_numpy(array).double() if array.dtype == np.float32
        else torch.from_numpy(array)
        for name, array in inputs.items()
    }
    if variable == "embedding":
        seen = []

        def replace(_, __, output):
            seen.append(output.detach().requires_grad_())
            return seen[0]

        hook = model.model.embeddings.word_embeddings.register_forward_hook(replace)
        output = model(**tensors)
        hook.remove()
        at = seen[0]
    else:
        at = tensors[variable].requires_grad_()
        output = model(**tensors)
    (result,) = torch.autograd.grad(output[..., UNIT].mean(), at)
    return output.detach(), result


def write(name, directory):
    network, make, axes, variables = NETWORKS[name]
    torch.manual_seed(networks.seed(name))
    model = network().eval()
    inputs = make(np.random.default_rng(networks.seed(name)))
    for input_name, array in inputs.items():
        np.save(directory / f"{name}.{input_name}.npy", array)
    for exporter in ("torchscript", "dynamo"):
        export(model, inputs, axes, directory / f"{name}.{exporter}.onnx", exporter)
    model = model.double()
    for variable in variables:
        output, result = gradient(model, inputs, variable)
        np.save(directory / f"{name}.output.npy", output.float().numpy())
        np.save(directory / f"{name}.{variable}.gradient.npy", result.float().numpy())
    return {"inputs": list(inputs), "variables": variables}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    directory = parser.parse_args().directory
    warnings.simplefilter("ignore")
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"unit": UNIT, "networks": {name: write(name, directory) for name in NETWORKS}},
                      indent=1)
    (directory / "inputs.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
