#!/usr/bin/env python3
"""Trains a 3-D network that tells five kinds of bodies apart.

Usage: python volumes.py [--steps N]     writes volume.onnx into the resources
"""

import argparse

import numpy as np
import torch

import export
from classifier import Classifier, Training, report, train

SEED = 7
SIZE = 16  # voxels along each side
TRAINING_VOLUMES = 12_000
TEST_VOLUMES = 3_000
STAGES = ((12, 5), (24, 3), (40, 3))


def ball(x, y, z, radius):
    return np.sqrt(x**2 + y**2 + z**2) - radius


def shell(x, y, z, radius):
    """A ball with a hollow: its wall is 1.6 voxels thick."""
    return abs(ball(x, y, z, radius - 0.8)) - 0.8


def cube(x, y, z, radius):
    return np.maximum(np.maximum(abs(x), abs(y)), abs(z)) - 0.8 * radius


def cross(x, y, z, radius):
    """Three bars along the axes."""
    a, b, c = np.sort(abs(np.stack([x, y, z])), axis=0)
    return np.maximum(c - radius, b - 0.28 * radius)


def torus(x, y, z, radius):
    return np.hypot(np.hypot(x, y) - 0.7 * radius, z) - 0.3 * radius


BODIES = {"ball": ball, "shell": shell, "cube": cube, "cross": cross, "torus": torus}


def draw(random, name):
    """A body of this kind in [0, 1], [D, H, W], random in place, size, brightness and noise.

    A torus turns any way, the cube and the cross a little.
    """
    radius = random.uniform(4.0, 6.5)
    centre = random.uniform(radius - 0.5, SIZE - radius - 0.5, 3)
    turn = rotation(random, np.pi if name == "torus" else 0.25)
    grid = np.mgrid[:SIZE, :SIZE, :SIZE] - centre[:, None, None, None]
    z, y, x = np.tensordot(turn, grid, 1)
    inside = (0.5 - BODIES[name](x, y, z, radius)).clip(0, 1)
    volume = random.uniform(0, 0.15) + random.uniform(0.5, 0.85) * inside
    return (volume + random.normal(0, random.uniform(0.02, 0.1), volume.shape)).clip(0, 1)


def rotation(random, largest):
    """Turns about a random axis by an angle up to the largest (Rodrigues' formula)."""
    axis = random.normal(size=3)
    x, y, z = axis / np.linalg.norm(axis)
    cross_product = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = random.uniform(0, largest)
    return (
        np.eye(3)
        + np.sin(angle) * cross_product
        + (1 - np.cos(angle)) * cross_product @ cross_product
    )


def tensors(seed, count):
    """Volumes [N, 1, 16, 16, 16] and the positions of their kinds [N]."""
    random = np.random.default_rng(seed)
    kinds = random.integers(len(BODIES), size=count)
    names = list(BODIES)
    volumes = np.stack([draw(random, names[kind]).astype(np.float32) for kind in kinds])
    return torch.from_numpy(volumes).unsqueeze(1), torch.from_numpy(kinds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=500)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    network = Classifier(3, STAGES, len(BODIES))
    training = Training(
        arguments.steps, batch=32, rate=4e-3, radius=2, low=0, high=1, attack_steps=2
    )
    train(network, *tensors(SEED, TRAINING_VOLUMES), training)
    volumes, kinds = tensors(SEED + 1, TEST_VOLUMES)
    contract = {"range": [0, 1], "mean": [0], "deviation": [1]}
    path = export.write(
        network, volumes[:4], "volume", "volume", "probabilities", contract, list(BODIES)
    )
    report(network, path, volumes, kinds, BODIES, training)


if __name__ == "__main__":
    main()
