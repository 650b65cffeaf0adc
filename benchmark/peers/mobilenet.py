"""MobileNet v1, a quarter of its width, as a PyTorch module with the weights of a Keras file."""

import h5py
import torch
from torch import nn
from torch.nn import functional as F

STRIDES = {2, 4, 6, 12}
"""Depthwise convolutions, counted from one, that halve height and width."""

BLOCKS = 13

EPSILON = 1e-3


class MobileNet(nn.Module):
    """From pictures `[N, 3, H, W]` in [0, 1] to logits `[N, 1000]`."""

    def __init__(self, path):
        super().__init__()
        with h5py.File(path) as file:
            weights = file["model_weights"]
            self.first = convolution(weights, "conv1", 2)
            blocks = []
            for i in range(1, BLOCKS + 1):
                blocks.append(convolution(weights, f"conv_dw_{i}", 2 if i in STRIDES else 1))
                blocks.append(convolution(weights, f"conv_pw_{i}", 1))
            self.blocks = nn.Sequential(*blocks)
            group = weights["conv_preds/conv_preds"]
            self.last = nn.Conv2d(group["kernel"].shape[2], group["kernel"].shape[3], 1)
            self.last.weight.data = tensor(group["kernel"]).permute(3, 2, 0, 1).contiguous()
            self.last.bias.data = tensor(group["bias"])
        self.eval().requires_grad_(False)

    def forward(self, pictures):
        features = self.blocks(self.first(2 * pictures - 1))
        return self.last(features.mean((2, 3), keepdim=True)).flatten(1)


class Halving(nn.Module):
    """Adds the last row and column that Keras pads before a stride of two."""

    def forward(self, x):
        return F.pad(x, (0, 1, 0, 1))


def convolution(weights, name, stride):
    """A convolution, its normalization and ReLU6."""
    kernel = tensor(weights[f"{name}/{name}/kernel"])
    depthwise = name.startswith("conv_dw")
    kernel = (kernel.permute(2, 3, 0, 1) if depthwise else kernel.permute(3, 2, 0, 1)).contiguous()
    channels = kernel.shape[0]
    groups = channels if depthwise else 1
    padding = kernel.shape[2] // 2 if stride == 1 else 0
    convolved = nn.Conv2d(kernel.shape[1] * groups, channels, kernel.shape[2], stride, padding,
                          groups=groups, bias=False)
    convolved.weight.data = kernel
    normalization = nn.BatchNorm2d(channels, eps=EPSILON)
    for theirs, ours in (("gamma", "weight"), ("beta", "bias"), ("moving_mean", "running_mean"),
                         ("moving_variance", "running_var")):
        getattr(normalization, ours).data = tensor(weights[f"{name}_bn/{name}_bn/{theirs}"])
    before = [Halving()] if stride == 2 else []
    return nn.Sequential(*before, convolved, normalization, nn.ReLU6(inplace=True))


def tensor(data):
    return torch.from_numpy(data[()])
