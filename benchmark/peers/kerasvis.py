"""keras-vis' method, Grad-CAM and modified backpropagation from the formulas of their papers and
documentation, on PyTorch, with Java's random numbers, so that another program can be followed
step by step. Images are channels first.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F

EPSILON = 1e-7
"""Keras' fuzz factor, which keras-vis puts everywhere."""


class JavaRandom:
    """java.util.Random, by its specification."""

    def __init__(self, seed):
        self.state = (seed ^ 0x5DEECE66D) & (1 << 48) - 1

    def bits(self, count):
        self.state = (self.state * 0x5DEECE66D + 0xB) & (1 << 48) - 1
        return self.state >> 48 - count

    def integer(self, bound):
        """nextInt(bound)"""
        drawn = self.bits(31)
        if bound & bound - 1 == 0:
            return bound * drawn >> 31
        while drawn - drawn % bound + bound - 1 >= 1 << 31:
            drawn = self.bits(31)
        return drawn % bound

    def double(self):
        """nextDouble()"""
        high = self.bits(26)
        return ((high << 27) + self.bits(27)) * 2.0**-53


def random_of_picture(seed, filters):
    """The random numbers of a picture, as PictureRun seeds them."""
    mixed = seed & (1 << 64) - 1
    for each in filters:
        mixed = (mixed * 0x9E3779B97F4A7C15 + each + 1) & (1 << 64) - 1
    return JavaRandom(mixed ^ mixed >> 32)


def noise(random, shape, low, high, deviation=0.05):
    """keras-vis' start: uniform noise, shifted and scaled to a mean and a deviation."""
    drawn = np.array([random.double() for _ in range(math.prod(shape))]).reshape(shape)
    scaled = (drawn - drawn.mean()) / (drawn.std() + EPSILON) * deviation * (high - low)
    return torch.from_numpy(scaled + (low + high) / 2)


def activation(layer, filters):
    """Mean over positions, summed over filters, for each picture."""
    return layer[:, list(filters)].flatten(2).mean(2).sum(1) if layer.ndim > 2 else \
        layer[:, list(filters)].sum(1)


def lp_norm(x, p):
    x = x.flatten(1)
    norm = x.amax(1) if math.isinf(p) else (x.abs() ** p).sum(1) ** (1 / p)
    return norm / x.shape[1]


def total_variation(x, beta):
    axes = range(2, x.ndim)

    def block(along):
        part = x
        for axis in axes:
            part = part.narrow(axis, int(axis == along), x.shape[axis] - 1)
        return part

    squares = sum((block(axis) - block(None)) ** 2 for axis in axes)
    return (squares ** (beta / 2)).flatten(1).sum(1) / x[0].numel()


GRADIENT_MODIFIERS = {
    "none": lambda g: g,
    "negate": lambda g: -g,
    "absolute": torch.abs,
    "invert": lambda g: 1 / (g + EPSILON),
    "relu": F.relu,
    "small_values": lambda g: (1 / (g + EPSILON)).abs(),
}


def stretched(x):
    return (x - x.min()) / (x.max() - x.min() + EPSILON)


def class_activation_map(features, slope):
    """Grad-CAM: the weighted sum of feature maps, cut at 0, and enlarged later."""
    weights = slope.flatten(2).mean(2).view(*slope.shape[:2], *[1] * (slope.ndim - 2))
    return (weights * features).sum(1).clamp(min=0)


def enlarged(raw, spatial):
    mode = {1: "linear", 2: "bilinear", 3: "trilinear"}[len(spatial)]
    large = F.interpolate(raw[None], size=spatial, mode=mode, align_corners=False)[0, 0]
    return stretched(large)


def descend(losses, start, steps, normalize=True, modify=GRADIENT_MODIFIERS["none"],
            jitter=None, random=None, pre=(), post=()):
    """keras-vis' Optimizer.minimize: RMSProp with rate 1 and decay 0.95, the best input is kept.

    `losses` gives for images pairs of weight and value; returns all losses of all steps (the
    overall one first), the last input and gradient, and the input after the step of lowest loss.
    """
    x, cache, rows = start.clone(), torch.zeros_like(start), []
    lowest, best = math.inf, start
    for _ in range(steps):
        for change in pre:
            x = change(x, random)
        shifts = [random.integer(2 * most + 1) - most for most in jitter or ()]
        x.requires_grad_(True)
        terms = losses(torch.roll(x, shifts, list(range(2, x.ndim))) if shifts else x)
        overall = sum(weight * value.sum() for weight, value in terms)
        (slope,) = torch.autograd.grad(overall, x)
        x = x.detach()
        rows.append([overall.item(), *[value.sum().item() for _, value in terms]])
        if normalize:
            slope = slope / slope.square().sum().clamp(min=1e-12).sqrt()
        slope = modify(slope)
        cache = 0.95 * cache + 0.05 * slope.square()
        x = x - slope / (cache + EPSILON).sqrt()
        for change in reversed(post):
            x = change(x, random)
        if rows[-1][0] < lowest:
            lowest, best = rows[-1][0], x
    return rows, x, slope, best


def recipe_losses(output, act=1.0, lp=10.0, p=6.0, tv=10.0, beta=2.0):
    """keras-vis' losses; a weight of 0 leaves one out."""
    def losses(x):
        terms = [(act, -output(x) if act else None), (lp, lp_norm(x, p) if lp else None),
                 (tv, total_variation(x, beta) if tv else None)]
        return [(weight, value) for weight, value in terms if weight]
    return losses


def shares(amounts, spatial):
    """The largest shift along each axis: below 1, an amount is a share of the axis."""
    amounts = list(amounts) * (len(spatial) if len(amounts) == 1 else 1)
    return [int(a * size if a < 1 else a) for a, size in zip(amounts, spatial)]


class Modified(torch.autograd.Function):
    """A rectifier with another gradient for dy above."""

    @staticmethod
    def forward(context, x, function, modifier):
        context.save_for_backward(x)
        context.function, context.modifier = function, modifier
        return function(x)

    @staticmethod
    def backward(context, dy):
        (x,) = context.saved_tensors
        dy = dy.clamp(min=0)
        if context.modifier == "rectified":  # Zeiler and Fergus: the rectifier itself, on dy
            return dy, None, None
        # Springenberg et al.: what the activation passes, of units with positive input only
        with torch.enable_grad():
            x = x.detach().requires_grad_(True)
            (passed,) = torch.autograd.grad(context.function(x), x, dy)
        return passed * (x > 0), None, None
