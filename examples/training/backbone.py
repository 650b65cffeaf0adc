"""The convolutions that the two fruit networks have in common (each is trained on its own)."""

from collections import OrderedDict

from torch import nn

WIDTHS = (16, 32, 64, 64)
KERNELS = (3, 3, 5, 3)  # each output sees 34x34 pixels: a whole fruit
POOLED = 2  # of the stages, the first ones, end in 2x2 average pooling


class Normalize(nn.Module):
    """Pictures in [0, 1] to values around 0."""

    def forward(self, x):
        return (x - 0.5) / 0.25


def features():
    """[N, 3, H, W] in [0, 1] to [N, 64, H/4, W/4].

    Average pooling, because strides and maxima leave grid patterns in the gradient (Odena et al.,
    "Deconvolution and Checkerboard Artifacts", Distill 2016).
    """
    layers = OrderedDict(normalize=Normalize())
    inputs = 3
    for number, (width, kernel) in enumerate(zip(WIDTHS, KERNELS), start=1):
        layers[f"conv{number}"] = nn.Conv2d(
            inputs, width, kernel, padding=kernel // 2, bias=False
        )
        layers[f"norm{number}"] = nn.BatchNorm2d(width)
        layers[f"relu{number}"] = nn.ReLU()
        if number <= POOLED:
            layers[f"pool{number}"] = nn.AvgPool2d(2)
        inputs = width
    return nn.Sequential(layers)
