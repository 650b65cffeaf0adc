"""Makes the tiny networks whose stored references `mvn verify` compares with.

Writes per network NAME.torchscript.onnx, NAME.dynamo.onnx, NAME.input.npy, NAME.outputs.npy and
NAME.gradient.npy, the gradient at the input of the mean over batch and positions of one unit; for
a network that ends in a softmax that is the gradient before it, and NAME.softmax.gradient.npy the
one after it. references.json holds for each network `unit`, `noise` and `softmax`.
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from torch import nn

import networks
import stored

UNIT = 2
CLASSES = 5
BATCH = 2

MACHINE_METADATA = ("pkg.torch.onnx.stack_trace", "pkg.torch.onnx.fx_node")
"""What the dynamo exporter writes about the exporting program: large, with its file names."""


class PreactivationBlock(nn.Module):
    """BatchNorm before each convolution, where no exporter can fold it, and a residual sum."""

    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = nn.Identity() if stride == 1 else nn.Conv2d(inputs, outputs, 1, stride)

    def forward(self, x):
        y = self.conv1(self.relu(self.norm1(x)))
        y = self.conv2(self.relu(self.norm2(y)))
        return y + self.shortcut(x)


class Residual(nn.Module):
    """Residual sums with and without a strided 1x1 shortcut, BatchNorm folded and not."""

    size = 17

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8),
                                  nn.ReLU(inplace=True))
        self.blocks = nn.Sequential(PreactivationBlock(8, 8), PreactivationBlock(8, 12, 2))
        self.norm = nn.BatchNorm2d(12)
        self.fc = nn.Linear(12, CLASSES)

    def forward(self, x):
        x = F.relu(self.norm(self.blocks(self.stem(x))))
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class Branches(nn.Module):
    """Dilated, grouped and depthwise convolution, three poolings, concatenated and shuffled."""

    size = 20

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.dilated = nn.Conv2d(8, 4, 3, 2, padding=2, dilation=2)
        self.grouped = nn.Conv2d(8, 8, (3, 5), 2, padding=(1, 2), groups=4)
        self.depthwise = nn.Conv2d(8, 8, 3, 2, padding=1, groups=8)
        self.max_pool = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.counting_pool = nn.AvgPool2d(3, 2, padding=1)
        self.excluding_pool = nn.AvgPool2d(3, 2, padding=1, count_include_pad=False)
        self.project = nn.Conv2d(44, 16, 1, groups=2)
        self.overlapping_pool = nn.MaxPool2d(4, 2, padding=2)
        self.reduce = nn.AdaptiveAvgPool2d(3)
        self.fc = nn.Linear(144, CLASSES)

    def forward(self, x):
        x = F.relu(self.conv(x))
        branches = (self.dilated, self.grouped, self.depthwise, self.max_pool,
                    self.counting_pool, self.excluding_pool)
        x = torch.cat([F.relu(branch(x)) for branch in branches], 1)
        x = self.overlapping_pool(F.relu(self.project(shuffle(x, 4))))
        return self.fc(torch.flatten(self.reduce(x), 1))


def shuffle(x, groups):
    """Shuffles channels between groups by Reshape and Transpose, as ShuffleNet does."""
    batch, channels, height, width = x.shape
    x = x.view(batch, groups, channels // groups, height, width)
    return x.transpose(1, 2).contiguous().view(batch, channels, height, width)


class Excitation(nn.Module):
    """Inverted residual with squeeze-and-excitation, ReLU6, Hardswish and SiLU; ends in softmax."""

    size = 16

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8),
                                  nn.Hardswish())
        self.expand = nn.Sequential(nn.Conv2d(8, 16, 1, bias=False), nn.BatchNorm2d(16),
                                    nn.ReLU6(inplace=True))
        self.depthwise = nn.Sequential(
            nn.Conv2d(16, 16, 5, padding=2, groups=16, bias=False), nn.BatchNorm2d(16), nn.SiLU())
        self.squeeze = nn.Conv2d(16, 4, 1)
        self.excite = nn.Conv2d(4, 16, 1)
        self.project = nn.Sequential(nn.Conv2d(16, 8, 1, bias=False), nn.BatchNorm2d(8))
        self.head = nn.Sequential(nn.Linear(8, 16), nn.Hardsigmoid(), nn.Dropout(0.2),
                                  nn.Linear(16, CLASSES))

    def logits(self, x):
        x = self.stem(x)
        y = self.depthwise(self.expand(x))
        scale = torch.sigmoid(self.excite(F.silu(self.squeeze(F.adaptive_avg_pool2d(y, 1)))))
        x = x + self.project(y * scale)
        return self.head(x.mean([2, 3]))

    def forward(self, x):
        return F.softmax(self.logits(x), dim=1)


class LocalResponseNorm(nn.LocalResponseNorm):
    """PyTorch's normalization, exported as ONNX's LRN; the exporters only know it as its parts."""

    def forward(self, x):
        if torch.compiler.is_exporting():
            attributes = dict(size=self.size, alpha=self.alpha, beta=self.beta, bias=self.k)
            return torch.onnx.ops.symbolic("LRN", (x,), attributes, dtype=x.dtype, shape=x.shape)
        if torch.jit.is_tracing():
            return TracedLocalResponseNorm.apply(x, self.size, self.alpha, self.beta, self.k)
        return super().forward(x)


class TracedLocalResponseNorm(torch.autograd.Function):
    """What the older exporter, which traces, writes as ONNX's LRN."""

    @staticmethod
    def forward(_, x, size, alpha, beta, k):
        return F.local_response_norm(x, size, alpha, beta, k)

    @staticmethod
    def symbolic(graph, x, size, alpha, beta, k):
        return graph.op("LRN", x, size_i=size, alpha_f=alpha, beta_f=beta, bias_f=k)


class Activations(nn.Module):
    """Local response normalization, then one activation of each kind on two channels of its own."""

    size = 12

    def __init__(self):
        super().__init__()
        self.activations = nn.ModuleList((
            nn.GELU(), nn.GELU("tanh"), nn.ELU(0.7), nn.PReLU(2), nn.Sigmoid(), nn.Tanh(),
            nn.Softplus(), nn.LeakyReLU(0.1), nn.SELU(), nn.CELU(0.5), nn.Softsign(), nn.Mish(),
            nn.Hardtanh(-0.5, 0.8), nn.LogSigmoid()))
        self.conv = nn.Conv2d(3, 2 * len(self.activations), 3)
        self.local_response = LocalResponseNorm(5, alpha=0.5, beta=0.75, k=0.5)
        self.last = nn.Conv2d(2 * len(self.activations), CLASSES, 3, 2)

    def forward(self, x):
        parts = torch.split(self.local_response(1.5 * self.conv(x)), 2, dim=1)
        parts = [activation(part) for activation, part in zip(self.activations, parts)]
        return self.last(torch.cat(parts, 1))


class Normalizations(nn.Module):
    """Group, instance and layer normalization, and a log-softmax inside; in a newer opset."""

    size = 14
    dynamo_options = {"opset_version": 23}

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1)
        self.group = nn.GroupNorm(4, 8)
        self.conv2 = nn.Conv2d(8, 8, 3, 2)
        self.instance = nn.InstanceNorm2d(8, affine=True)
        self.layer = nn.LayerNorm(8)
        self.hidden = nn.Linear(8, 12)
        self.fc = nn.Linear(12, CLASSES)

    def forward(self, x):
        x = torch.tanh(self.group(self.conv1(x)))
        x = self.instance(self.conv2(x))
        tokens = self.layer(x.flatten(2).transpose(1, 2))
        weights = F.log_softmax(self.hidden(tokens), dim=-1)
        return self.fc((weights * self.hidden(tokens)).mean(1))


class Resampling(nn.Module):
    """Transposed convolution, bilinear and nearest resizing, pixel shuffle, reflected padding."""

    size = 13

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 8, 3, 2, 1)
        self.up = nn.ConvTranspose2d(8, 8, 3, 2, padding=1, output_padding=1, groups=2)
        self.dilated_up = nn.ConvTranspose2d(8, 4, 3, 1, padding=2, dilation=2)
        self.mix = nn.Conv2d(12, 8, 3)
        self.last = nn.Conv2d(2, CLASSES, 3, 2)

    def forward(self, x):
        x = torch.sigmoid(self.down(x))
        up = torch.tanh(self.dilated_up(self.up(x)))
        bilinear = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        aligned = F.interpolate(up, size=(14, 14), mode="bilinear", align_corners=True)
        x = torch.cat([bilinear, aligned], 1)
        x = self.mix(F.pad(x, (1, 1, 1, 1), mode="reflect"))
        x = F.interpolate(F.softplus(x), scale_factor=2, mode="nearest")
        return self.last(F.pixel_shuffle(x, 2))


TINY = (Residual, Branches, Excitation, Activations, Normalizations, Resampling)


def make(network, directory):
    """Builds, exports and stores one network and returns its entry of the JSON."""
    name = network.__name__.lower()
    torch.manual_seed(networks.seed(name))
    model = network()
    shape = (BATCH, 3, network.size, network.size)
    networks.randomise_normalization(model, torch.randn(16, *shape[1:]))
    randomise_affine(model)
    model.requires_grad_(False)
    x = torch.from_numpy(networks.random_input(name, shape))
    for exporter in stored.EXPORTERS:
        path = stored.onnx_path(name, exporter, directory)
        options = getattr(network, f"{exporter}_options", {})
        networks.export(model, x, path, exporter, **options)
        strip(path)
    output, gradient, noise = networks.gradient_and_noise(model, x, UNIT)
    arrays = {"input": x, "outputs": output, "gradient": gradient}
    softmax = hasattr(model, "logits")
    if softmax:
        model.forward = model.logits
        arrays["softmax.gradient"] = gradient
        _, arrays["gradient"], noise = networks.gradient_and_noise(model, x, UNIT)
    for array, tensor in arrays.items():
        np.save(stored.array_path(name, array, directory), tensor.contiguous().numpy())
    return name, {"unit": UNIT, "noise": noise, "softmax": softmax}


def randomise_affine(model):
    """Gives group, instance and layer normalization random scales and shifts, not 1 and 0."""
    for module in model.modules():
        if isinstance(module, (nn.GroupNorm, nn.InstanceNorm2d, nn.LayerNorm)):
            nn.init.uniform_(module.weight, 0.7, 1.3)
            nn.init.normal_(module.bias, 0, 0.2)


def strip(path):
    """Removes from an exported file what it says about the exporting program."""
    model = onnx.load(path)
    holders = [model, model.graph, *model.graph.node, *model.graph.value_info,
               *model.graph.input, *model.graph.output, *model.graph.initializer]
    for holder in holders:
        kept = [(p.key, p.value) for p in holder.metadata_props if p.key not in MACHINE_METADATA]
        del holder.metadata_props[:]
        for key, value in kept:
            holder.metadata_props.add(key=key, value=value)
    onnx.save(model, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    directory = parser.parse_args().directory
    warnings.simplefilter("ignore")
    torch.set_num_threads(2)
    directory.mkdir(parents=True, exist_ok=True)
    references = dict(make(network, directory) for network in TINY)
    (directory / "references.json").write_text(json.dumps(references, indent=2) + "\n")
    for name, entry in references.items():
        print(f"{name}: noise {entry['noise']:.1e}")


if __name__ == "__main__":
    main()
