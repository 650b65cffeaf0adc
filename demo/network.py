"""The embedded network: a small residual classifier, fully convolutional before its pool.

Input  [N, 3, H, W], float32, RGB in [0, 1]; H and W multiples of 8, 32 in training.
Output [N, 10], logits (no softmax).

The preprocessing is the first layer, so that the exported graph takes plain pictures. Resolution is
reduced by average pooling only: strided convolutions and max pooling leave grid patterns in the
gradient, and so in the pictures made from it (Odena et al., "Deconvolution and Checkerboard
Artifacts", Distill 2016; Olah et al., "Feature Visualization", Distill 2017).

    normalize -> stem -> stage1 -> stage2 -> stage3 -> pool -> flatten -> head
    stage     =  conv -> norm -> relu -> pool (2x2 average) -> block1
    block     =  relu2(x + norm2(conv2(relu1(norm1(conv1(x))))))
"""

import torch
from torch import nn

CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip

# Mean and standard deviation of the training photos' pixels, as visualize/statistics/natural_statistics.py
# prints them.
MEAN = (0.49125, 0.48209, 0.446521)
DEVIATION = (0.245232, 0.242782, 0.260629)

STEM_WIDTH = 24
STAGE_WIDTHS = (48, 96, 160)


def convolution(inputs, outputs):
    """3x3 convolution without bias (a BatchNorm follows), symmetric padding, stride 1."""
    return nn.Conv2d(inputs, outputs, kernel_size=3, padding=1, bias=False)


class Normalize(nn.Module):
    """(x - mean) / deviation per channel."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(1, 3, 1, 1))

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Stem(nn.Module):
    """Convolution, BatchNorm, ReLU at the full resolution."""

    def __init__(self, outputs):
        super().__init__()
        self.conv = convolution(3, outputs)
        self.norm = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.norm(self.conv(x)))


class Block(nn.Module):
    """Residual block of two convolutions (He et al., "Deep Residual Learning", 2016)."""

    def __init__(self, width):
        super().__init__()
        self.conv1 = convolution(width, width)
        self.norm1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.conv2 = convolution(width, width)
        self.norm2 = nn.BatchNorm2d(width)
        self.relu2 = nn.ReLU()

    def forward(self, x):
        return self.relu2(x + self.norm2(self.conv2(self.relu1(self.norm1(self.conv1(x))))))


class Stage(nn.Module):
    """Widens the channels, halves the resolution, then one residual block."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = convolution(inputs, outputs)
        self.norm = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()
        self.pool = nn.AvgPool2d(2)
        self.block1 = Block(outputs)

    def forward(self, x):
        return self.block1(self.pool(self.relu(self.norm(self.conv(x)))))


class Network(nn.Module):
    """The whole classifier, from pictures in [0, 1] to ten logits."""

    def __init__(self):
        super().__init__()
        self.normalize = Normalize()
        self.stem = Stem(STEM_WIDTH)
        self.stage1 = Stage(STEM_WIDTH, STAGE_WIDTHS[0])
        self.stage2 = Stage(STAGE_WIDTHS[0], STAGE_WIDTHS[1])
        self.stage3 = Stage(STAGE_WIDTHS[1], STAGE_WIDTHS[2])
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.head = nn.Linear(STAGE_WIDTHS[2], len(CLASSES))

    def forward(self, x):
        x = self.stage3(self.stage2(self.stage1(self.stem(self.normalize(x)))))
        return self.head(self.flatten(self.pool(x)))


def parameter_count(network):
    """Number of trained numbers."""
    return sum(parameter.numel() for parameter in network.parameters())
