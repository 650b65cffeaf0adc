"""Makes the stored references of random transforms: what PyTorch makes of the same draws.

    python transforms.py VISUALIZE_TEST_RESOURCES

Writes references/transforms.json and .npy in the form of visualizations.py. A case has the
transform as recipes hold it, the seed of Java's random numbers, an image, what becomes of it, and
for slopes at that the gradient at the image. Draws come in the order in which the transforms'
documentation names them.
"""

import argparse
import json
import math
import zlib
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from kerasvis import JavaRandom
from visualizations import References

SEED = 23


def between(random, low, high):
    return low + random.double() * (high - low)


def either(random, most):
    return between(random, -most, most)


def sampled(x, theta, mode="bilinear"):
    """Reads pictures at an affine map of normalized coordinates (x, y) about the centre."""
    grid = F.affine_grid(theta[None].expand(x.shape[0], -1, -1), x.shape, align_corners=False)
    return F.grid_sample(x, grid, mode, "reflection", align_corners=False)


def affine(random, x, jitter, smallest, largest, rotation, sampling="bilinear"):
    scale = between(random, smallest, largest)
    angle = math.radians(either(random, rotation))
    shifts = [either(random, jitter) for _ in x.shape[2:]]
    if x.ndim != 4 or (rotation == 0 and sampling == "bilinear"):
        for axis, shift in enumerate(shifts):
            x = along(x, axis + 2, scale, shift)
        return x
    height, width = x.shape[2:]
    cos, sin = math.cos(angle) / scale, math.sin(angle) / scale
    rows = [[cos, -sin * height / width, 2 * shifts[1]],
            [sin * width / height, cos, 2 * shifts[0]]]
    return sampled(x, torch.tensor(rows, dtype=x.dtype), sampling)


def along(x, axis, scale, shift):
    """Reads one axis enlarged about its centre and moved by a share of it."""
    flat = x.movedim(axis, -1)
    rows = flat.reshape(1, 1, -1, flat.shape[-1])
    theta = torch.tensor([[1 / scale, 0, 2 * shift], [0, 1, 0]], dtype=x.dtype)
    return sampled(rows, theta).reshape(flat.shape).movedim(-1, axis)


def scale(random, x, smallest, largest):
    factor = between(random, smallest, largest)
    for axis in range(2, x.ndim):
        x = along(x, axis, factor, 0)
    return x


def rotate(random, x, degrees):
    angle = math.radians(either(random, degrees))
    height, width = x.shape[2:]
    cos, sin = math.cos(angle), math.sin(angle)
    return sampled(x, torch.tensor([[cos, -sin * height / width, 0], [sin * width / height, cos, 0]],
                                   dtype=x.dtype))


def crop(random, x, smallest, largest):
    """The part by its borders, enlarged as torch.nn.functional.interpolate reads positions."""
    share = between(random, smallest, largest)
    for axis in range(2, x.ndim):
        length = x.shape[axis]
        start = random.double() * (1 - share) * length
        places = (start + (torch.arange(length) + 0.5) * share - 0.5).clamp(0, length - 1)
        before = places.floor().long()
        after = (before + 1).clamp(max=length - 1)
        weight = (places - before).to(x.dtype).view(-1, *[1] * (x.ndim - axis - 1))
        x = x.index_select(axis, before) * (1 - weight) + x.index_select(axis, after) * weight
    return x


def flip(random, x, probability):
    return x.flip(-1) if random.double() < probability else x


def blur(random, x, smallest, largest):
    deviation = between(random, smallest, largest)
    reach = math.ceil(4 * deviation)
    kernel = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, dtype=x.dtype) / deviation) ** 2)
    kernel /= kernel.sum()
    for axis in range(2, x.ndim):
        mirrored = np.pad(np.arange(x.shape[axis]), reach, "symmetric")
        rows = x.index_select(axis, torch.from_numpy(mirrored)).movedim(axis, -1)
        flat = F.conv1d(rows.reshape(-1, 1, rows.shape[-1]), kernel.view(1, 1, -1))
        x = flat.reshape(*rows.shape[:-1], -1).movedim(-1, axis)
    return x


def colour(random, x, brightness, contrast, saturation, hue):
    lighter, factor = either(random, brightness), 1 + either(random, contrast)
    saturated, angle = 1 + either(random, saturation), math.radians(either(random, hue))
    centred = x - 0.5
    if x.shape[1] == 3 and x.ndim >= 4:
        axis = torch.tensor([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], dtype=x.dtype) / math.sqrt(3)
        turned = torch.einsum("ij,nj...->ni...", torch.linalg.matrix_exp(angle * axis), centred)
        luminance = torch.tensor([0.299, 0.587, 0.114], dtype=x.dtype)
        gray = torch.einsum("j,nj...->n...", luminance, turned)[:, None]
        centred = saturated * turned + (1 - saturated) * gray
    return factor * centred + 0.5 + lighter


def pad(random, x, amount, fill, value):
    widths = [amount] * (2 * (x.ndim - 2))
    mode = {"plain": "constant", "edge": "replicate", "mirror": "reflect"}[fill]
    return F.pad(x, widths, mode, value) if fill == "plain" else F.pad(x, widths, mode)


KINDS = {"affine": affine, "scale": scale, "rotate": rotate, "crop": crop, "flip": flip,
         "blur": blur, "colour": colour, "pad": pad}

PICTURE, SIGNAL, VOLUME = (2, 3, 7, 9), (1, 2, 11), (1, 1, 4, 5, 6)

CASES = {
    "affine": (PICTURE, {"jitter": 0.2, "smallestScale": 0.7, "largestScale": 1.4, "rotation": 40}),
    "affine at nearest pixels":
        (PICTURE, {"jitter": 0.2, "smallestScale": 0.7, "largestScale": 1.4, "rotation": 40,
                   "sampling": "nearest"}),
    "affine at nearest pixels without rotation":
        (PICTURE, {"jitter": 0.2, "smallestScale": 0.7, "largestScale": 1.4, "rotation": 0,
                   "sampling": "nearest"}),
    "affine without rotation":
        (PICTURE, {"jitter": 0.2, "smallestScale": 0.7, "largestScale": 1.4, "rotation": 0}),
    "affine of a signal":
        (SIGNAL, {"jitter": 0.2, "smallestScale": 0.7, "largestScale": 1.4, "rotation": 40}),
    "affine of a volume":
        (VOLUME, {"jitter": 0.2, "smallestScale": 0.7, "largestScale": 1.4, "rotation": 40}),
    "scale to smaller": (PICTURE, {"smallest": 0.4, "largest": 0.6}),
    "scale to larger": (PICTURE, {"smallest": 1.5, "largest": 2.5}),
    "scale of a signal": (SIGNAL, {"smallest": 0.5, "largest": 2}),
    "scale of a volume": (VOLUME, {"smallest": 0.5, "largest": 2}),
    "rotate": (PICTURE, {"degrees": 180}),
    "crop": (PICTURE, {"smallest": 0.3, "largest": 0.8}),
    "crop of a signal": (SIGNAL, {"smallest": 0.3, "largest": 0.8}),
    "crop of a volume": (VOLUME, {"smallest": 0.3, "largest": 0.8}),
    "flip": (PICTURE, {"probability": 1}),
    "flip that is none": (PICTURE, {"probability": 0}),
    "flip of a signal": (SIGNAL, {"probability": 1}),
    "blur": (PICTURE, {"smallest": 0.5, "largest": 1.5}),
    "blur of a volume": (VOLUME, {"smallest": 0.5, "largest": 1.5}),
    "colour": (PICTURE, {"brightness": 0.3, "contrast": 0.5, "saturation": 0.6, "hue": 70}),
    "colour of a volume": (VOLUME, {"brightness": 0.3, "contrast": 0.5, "saturation": 0.6,
                                    "hue": 70}),
    "pad, plain": (PICTURE, {"amount": 3, "fill": "plain", "value": 0.5}),
    "pad, edge": (SIGNAL, {"amount": 3, "fill": "edge", "value": 0.5}),
    "pad, mirror": (VOLUME, {"amount": 3, "fill": "mirror", "value": 0.5}),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, metavar="VISUALIZE_TEST_RESOURCES")
    group = References(parser.parse_args().directory / "references", "transforms")
    for name, (shape, settings) in CASES.items():
        kind = name.replace(",", "").split(" ")[0]
        generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
        x = torch.rand(shape, generator=generator).double().requires_grad_(True)
        y = KINDS[kind](JavaRandom(SEED), x, *settings.values())
        slope = torch.randn(y.shape, generator=generator).double()
        y.backward(slope)
        transform = json.dumps({"kind": kind, **settings})
        group.add(name, {"transform": transform, "seed": SEED}, input=x, output=y, slope=slope,
                  gradient=x.grad)
    group.write()


if __name__ == "__main__":
    main()
