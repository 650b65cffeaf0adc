"""The architectures of the zoo: how each is built with random weights and what it takes.

An architecture is named by its library and what that calls it: `timm/resnet10t`,
`torchvision/vgg11`, `transformers/bert`. Every network of `timm.list_models()` may be named, also
those that `timm_names` does not list; so may every network of torchvision.
"""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

import networks

CONVOLUTIONAL_SIZE = 128
"""Height and width of the image for networks that take any; small, for two cores."""

LARGEST_LAYER_SCALE = 1e-2
"""Constants up to here are initial scales of a branch, which would vanish beside its shortcut."""


RESIDUAL_SCALE = 0.2
"""What is left of a normalization that its author starts at zero; with more, deep sums explode."""


@dataclass(frozen=True)
class Subject:
    """A network in evaluation mode with an example of its inputs by name.

    The gradient is taken with respect to the first input, or to what the module at the path
    `embedding` returns where inputs are integers.
    """

    model: nn.Module
    inputs: dict[str, np.ndarray]
    embedding: str | None = None
    named: bool = field(default=False)
    """Whether the model takes its inputs by name rather than by position."""


def build(name):
    """Builds an architecture by its name, such as `timm/resnet10t`."""
    library, _, rest = name.partition("/")
    torch.manual_seed(networks.seed(name))
    if library == "timm":
        subject = _timm(rest, name)
    elif library == "torchvision":
        import zoo_torchvision

        subject = zoo_torchvision.build(rest, name)
    elif library == "transformers":
        import zoo_transformers

        subject = zoo_transformers.build(rest, name)
    else:
        raise ValueError(f"unknown library {library!r} in {name!r}")
    subject.model.eval().requires_grad_(False)
    residual = _ends_of_branches(subject.model)
    randomise_constants(subject.model)
    _randomise_statistics(subject)
    for layer in residual:
        layer.weight *= RESIDUAL_SCALE
    return subject


def _ends_of_branches(model):
    """Returns the normalizations that start at zero, so that their branch adds nothing at first."""
    layers = (m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm))
    return [m for m in layers if m.affine and not bool(m.weight.any())]


def _timm(architecture, name):
    import timm

    config = timm.get_pretrained_cfg(architecture, allow_unregistered=True)
    size = config.input_size[-1] if config is not None else 224
    if config is not None and not config.fixed_input_size:
        size = max(CONVOLUTIONAL_SIZE, (config.min_input_size or (0, 0, 0))[-1])
    size = SIZES.get(architecture, size)
    model = timm.create_model(architecture, pretrained=False)
    return Subject(model, {"input": networks.random_input(name, (1, 3, size, size))})


SIZES = {"nasnetalarge": 224, "pnasnet5large": 224}
"""Sizes of networks that do not work at the size that their description gives."""


def randomise_constants(model):
    """Gives parameters that are initialized to one constant random values around it.

    So that a bias of zeros, a classifier of zeros or a scale of 1e-6 is not mistaken for none.
    """
    with torch.no_grad():
        for parameter in model.parameters():
            if not parameter.is_floating_point() or parameter.numel() == 0:
                continue
            constant = parameter.flatten()[0].item()
            if not bool((parameter == constant).all()):
                continue
            if constant == 0:
                nn.init.normal_(parameter, 0, 0.05)
            elif abs(constant) <= LARGEST_LAYER_SCALE:
                nn.init.uniform_(parameter, 0.1, 0.5)
            else:
                parameter *= 0.8 + 0.4 * torch.rand_like(parameter)


def _randomise_statistics(subject):
    if not any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in subject.model.modules()):
        return
    generator = torch.Generator().manual_seed(1)
    inputs = {}
    for name, array in subject.inputs.items():
        example = torch.from_numpy(array)
        if example.is_floating_point():
            # A batch of one has no statistics behind a pooling over all positions.
            example = torch.randn((4, *example.shape[1:]), generator=generator)
        else:
            example = example.repeat(4, *[1] * (example.dim() - 1))
        inputs[name] = example
    call = (lambda _: subject.model(**inputs)) if subject.named else (
        lambda _: subject.model(*inputs.values()))
    networks.randomise_normalization(_Caller(subject.model, call), None)


class _Caller:
    """A model that is called with inputs of its own; `networks` randomises its statistics."""

    def __init__(self, model, call):
        self.model, self.call = model, call

    def modules(self):
        return self.model.modules()

    def eval(self):
        self.model.eval()

    def __call__(self, batch):
        return self.call(batch)
