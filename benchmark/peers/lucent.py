"""Activation maximization of one logit in PyTorch, by Lucent's method and its defaults.

Written from its paper and documentation (Olah, Mordvintsev and Schubert 2017; the Lucent and Lucid
projects): a Fourier image with a spectrum that falls as 1/f, colours decorrelated by the matrix of
ImageNet, a sigmoid; padding by 12, jitter by 8, scales from 0.9 to 1.08, rotations within 10
degrees, jitter by 4; Adam at 0.05. Run as a program it makes a picture, to be timed as a whole.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torchvision.transforms import functional
from torchvision.utils import save_image

import networks

COLOURS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
"""Square root of the covariance of ImageNet's colours, as Lucid has it."""

MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]

SCALES = [1 + (i - 5) / 50 for i in range(10)]
ROTATIONS = [*range(-10, 11), *5 * [0]]


class FourierImage(nn.Module):
    """An image from its decorrelated spectrum."""

    def __init__(self, size, generator, deviation=0.01, decay=1.0):
        super().__init__()
        self.size = size
        rows, columns = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]
        frequencies = np.maximum(np.hypot(rows, columns), 1 / size)
        scale = torch.from_numpy(1 / frequencies**decay).float()[..., None]
        self.register_buffer("scale", scale)
        start = torch.randn(1, 3, *frequencies.shape, 2, generator=generator)
        self.spectrum = nn.Parameter(deviation * start)
        self.register_buffer("colours", COLOURS / COLOURS.norm(dim=0).max())

    def forward(self):
        scaled = torch.view_as_complex((self.scale * self.spectrum).contiguous())
        image = torch.fft.irfft2(scaled, s=(self.size, self.size), norm="ortho") / 4
        return torch.sigmoid(torch.einsum("nchw,dc->ndhw", image, self.colours))


def choose(values, generator):
    """Returns one of some values at random."""
    return values[int(torch.randint(len(values), (), generator=generator))]


def jitter(image, by, generator):
    """Returns a random part of an image, smaller by some pixels."""
    x, y = torch.randint(by, (2,), generator=generator)
    height, width = image.shape[-2:]
    return image[..., x:x + height - by, y:y + width - by]


def transformed(image, generator):
    """Returns an image after the standard transforms, at the size that it had."""
    size = image.shape[-2:]
    image = nn.functional.pad(image, [12] * 4, mode="constant", value=0.5)
    image = jitter(image, 8, generator)
    scale = choose(SCALES, generator)
    image = nn.functional.interpolate(image, scale_factor=scale, mode="bilinear")
    image = functional.rotate(image, float(choose(ROTATIONS, generator)),
                              interpolation=functional.InterpolationMode.BILINEAR)
    image = jitter(image, 4, generator)
    return nn.functional.interpolate(image, size=size, mode="bilinear")


def maximize(model, unit, size, steps, seed=0, normalized=True):
    """Returns the picture `[1, 3, size, size]` in [0, 1] that excites a logit.

    The model takes pictures normalized as torchvision's, or as they are.
    """
    generator = torch.Generator().manual_seed(seed)
    image = FourierImage(size, generator)
    optimizer = torch.optim.Adam(image.parameters(), lr=0.05)
    for _ in range(steps):
        optimizer.zero_grad()
        seen = transformed(image(), generator)
        if normalized:
            seen = functional.normalize(seen, MEAN, DEVIATION)
        (-model(seen)[:, unit].mean()).backward()
        optimizer.step()
    return image().detach()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    parser.add_argument("network", choices=networks.NETWORKS)
    parser.add_argument("output", type=Path, metavar="FILE.png")
    parser.add_argument("--unit", type=int, default=networks.UNIT)
    parser.add_argument("--steps", type=int, default=256)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    network = networks.NETWORKS[arguments.network]
    model = networks.load(network, arguments.directory).requires_grad_(False)
    save_image(maximize(model, arguments.unit, network.size, arguments.steps), arguments.output)


if __name__ == "__main__":
    main()
