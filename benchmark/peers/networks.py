"""The networks of the comparison: how each is built, seeded, calibrated, stored and loaded again.

Every network has random weights from a seed of its own and BatchNorm statistics that fit its
activations only roughly, so that neither folding a BatchNorm nor ignoring one goes unnoticed.
"""

import zlib
from dataclasses import dataclass

import numpy as np
import torch
import torchvision
from torch import nn

import stored

UNIT = 20
"""The output unit (logit) whose gradient is compared."""

LAYER_FILTER = 5
"""The filter of the intermediate layer whose gradient is compared."""


@dataclass(frozen=True)
class Network:
    """A torchvision network: its constructor's name, its middle convolution, its input size.

    `layer` is the convolution's module path. Exporters fold the BatchNorm that follows it
    (`normalization`) into the convolution, whose output then is the BatchNorm's: that one is the
    reference where it exists.
    """

    name: str
    layer: str
    normalization: str | None = None
    size: int = 224
    options: tuple[tuple[str, bool], ...] = ()


_WITHOUT_AUXILIARY = (("aux_logits", False), ("init_weights", True))

NETWORKS = {
    network.name: network
    for network in (
        Network("squeezenet1_1", "features.7.expand3x3"),
        Network("resnet18", "layer2.1.conv1", "layer2.1.bn1"),
        Network("mobilenet_v2", "features.8.conv.1.0", "features.8.conv.1.1"),
        Network("shufflenet_v2_x0_5", "stage3.2.branch2.5", "stage3.2.branch2.6"),
        Network("mobilenet_v3_small", "features.5.block.1.0", "features.5.block.1.1"),
        Network("mnasnet0_5", "layers.10.0.layers.3", "layers.10.0.layers.4"),
        Network("efficientnet_b0", "features.4.1.block.1.0", "features.4.1.block.1.1"),
        Network("regnet_y_400mf", "trunk_output.block3.block3-1.f.b.0",
                "trunk_output.block3.block3-1.f.b.1"),
        Network("googlenet", "inception4b.branch3.1.conv", "inception4b.branch3.1.bn",
                options=_WITHOUT_AUXILIARY),
        Network("densenet121", "features.denseblock3.denselayer4.conv2"),
        Network("resnet50", "layer3.2.conv2", "layer3.2.bn2"),
        Network("inception_v3", "Mixed_6c.branch7x7_2.conv", "Mixed_6c.branch7x7_2.bn", size=299,
                options=_WITHOUT_AUXILIARY),
        Network("alexnet", "features.6"),
        Network("vgg11_bn", "features.11", "features.12"),
        Network("vgg16", "features.14"),
    )
}
"""All networks of the comparison, smallest first."""


def selected(names):
    """Returns the networks of the given names, or all where no name is given."""
    unknown = sorted(set(names) - NETWORKS.keys())
    if unknown:
        raise SystemExit(f"unknown network {unknown[0]}, expected one of {', '.join(NETWORKS)}")
    return [NETWORKS[name] for name in names or NETWORKS]


def seed(name):
    """Returns the seed of a name: the same on every machine and in every process."""
    return zlib.crc32(name.encode())


def build(network):
    """Builds a network with its random weights, in evaluation mode, statistics randomised."""
    model = _construct(network)
    randomise_normalization(model, torch.randn(4, 3, network.size, network.size))
    return model.eval()


def _construct(network):
    torch.manual_seed(seed(network.name))
    constructor = getattr(torchvision.models, network.name)
    return constructor(weights=None, **dict(network.options))


def randomise_normalization(model, batch):
    """Gives every BatchNorm random parameters and statistics that keep activations in scale.

    The statistics are first those of `batch` (momentum `None`: the plain average), then perturbed
    at random by up to 20 %.
    """
    layers = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    model.eval()
    for layer in layers:
        nn.init.uniform_(layer.weight, 0.8, 1.2)
        nn.init.normal_(layer.bias, 0, 0.1)
        layer.reset_running_stats()
        layer.momentum = None
        layer.train()
    with torch.no_grad():
        model(batch)
        for layer in layers:
            mean, variance = layer.running_mean, layer.running_var
            mean += 0.2 * variance.sqrt() * (2 * torch.rand_like(mean) - 1)
            variance *= 1 + 0.2 * (2 * torch.rand_like(variance) - 1)
    model.eval()


def load(network, directory):
    """Loads the network that `export.py` stored in `directory`."""
    model = _construct(network)
    model.load_state_dict(torch.load(stored.state_path(network.name, directory), weights_only=True))
    return model.eval()


def random_input(name, shape):
    """Returns a network's input: normally distributed, float32, from the network's seed."""
    return np.random.default_rng(seed(name)).standard_normal(shape).astype(np.float32)


def export(model, example, path, exporter, **options):
    """Writes a model in evaluation mode as ONNX with one of the two exporters."""
    settings = dict(input_names=["input"], output_names=["output"])
    if exporter == "torchscript":
        batch = {0: "batch"}
        settings |= dict(dynamo=False, opset_version=17)
        settings |= dict(dynamic_axes={"input": batch, "output": batch})
    else:
        settings |= dict(dynamo=True, external_data=False, verbose=False)
    torch.onnx.export(model, (example,), str(path), **(settings | options))


def input_gradient(model, x, unit, layer=None):
    """Returns the output and the gradient at `x` of the mean of one unit or filter.

    The mean is over batch and positions of channel `unit` (axis 1) of the model's output or, where
    a module path `layer` is given, of that module's output.
    """
    seen = []
    module = model if layer is None else model.get_submodule(layer)
    # Cloned, because an activation that works in place may overwrite the module's output.
    hook = module.register_forward_hook(lambda _, __, output: seen.append(output.clone()))
    try:
        x = x.detach().clone(memory_format=torch.preserve_format).requires_grad_()
        output = model(x)
        (gradient,) = torch.autograd.grad(seen[-1][:, unit].mean(), x)
    finally:
        hook.remove()
    return output.detach(), gradient.detach()


def gradient_and_noise(model, x, unit, layer=None):
    """Returns output, gradient and noise of a float32 model.

    The noise is the largest relative L2 change of the gradient in float64, in `channels_last`, and
    under three random relative perturbations of the input by 1e-6. The model ends as it came.
    """
    output, gradient = input_gradient(model, x, unit, layer)
    generator = torch.Generator().manual_seed(0)
    others = []
    for _ in range(3):
        factor = 1 + 1e-6 * torch.randn(x.shape, generator=generator)
        others.append(input_gradient(model, x * factor, unit, layer)[1])
    if x.dim() == 4:
        model.to(memory_format=torch.channels_last)
        x_last = x.contiguous(memory_format=torch.channels_last)
        others.append(input_gradient(model, x_last, unit, layer)[1])
        model.to(memory_format=torch.contiguous_format)
    model.double()
    others.append(input_gradient(model, x.double(), unit, layer)[1])
    model.float()
    noise = max(stored.relative_error(other.double(), gradient.double()) for other in others)
    return output, gradient, noise
