#!/usr/bin/env python3
"""Trains a 1-D network that tells five kinds of signals apart.

Usage: python signals.py [--steps N]     writes signal.onnx into the resources
"""

import argparse

import numpy as np
import torch

import export
from classifier import Classifier, Training, report, train

SEED = 5
LENGTH = 128
TRAINING_SIGNALS = 20_000
TEST_SIGNALS = 5_000
STAGES = ((16, 9), (32, 7), (48, 7), (64, 5))


def sine(turns):
    return np.sin(2 * np.pi * turns)


def square(turns):
    return np.sign(np.sin(2 * np.pi * turns))


def sawtooth(turns):
    return 2 * (turns % 1) - 1


def chirp(turns):
    """The frequency rises fourfold from the first to the last sample."""
    share = np.linspace(0, 1, len(turns))
    return np.sin(2 * np.pi * (turns[0] + (turns - turns[0]) * (0.5 + 0.75 * share)))


def heartbeat(turns):
    """The waves P, Q, R, S and T of each beat as (place, width, height)."""
    waves = (
        (0.3, 0.035, 0.18), (0.44, 0.015, -0.15), (0.48, 0.018, 1.0),
        (0.52, 0.015, -0.3), (0.7, 0.05, 0.3),
    )  # fmt: skip
    beat = turns % 1
    return sum(h * np.exp(-(((beat - place) / w) ** 2) / 2) for place, w, h in waves)


SHAPES = {
    "sine": (sine, (2, 8)),
    "square": (square, (2, 8)),
    "sawtooth": (sawtooth, (2, 8)),
    "chirp": (chirp, (3, 6)),
    "heartbeat": (heartbeat, (1.5, 4)),
}


def draw(random, name):
    """A signal of this kind in [-1, 1], random in frequency, phase, strength, offset and noise."""
    shape, periods = SHAPES[name]
    turns = random.uniform() + random.uniform(*periods) * np.arange(LENGTH) / LENGTH
    signal = random.uniform(0.5, 0.9) * shape(turns) + random.uniform(-0.1, 0.1)
    return (signal + random.normal(0, random.uniform(0.01, 0.12), LENGTH)).clip(-1, 1)


def tensors(seed, count):
    """Signals [N, 1, 128] and the positions of their kinds [N]."""
    random = np.random.default_rng(seed)
    kinds = random.integers(len(SHAPES), size=count)
    signals = np.stack([draw(random, list(SHAPES)[kind]) for kind in kinds])
    return torch.from_numpy(signals).float().unsqueeze(1), torch.from_numpy(kinds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=1000)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    network = Classifier(1, STAGES, len(SHAPES))
    training = Training(arguments.steps, batch=128, rate=4e-3, radius=2.5, low=-1, high=1)
    train(network, *tensors(SEED, TRAINING_SIGNALS), training)
    signals, kinds = tensors(SEED + 1, TEST_SIGNALS)
    contract = {"range": [-1, 1], "mean": [0], "deviation": [1]}
    path = export.write(
        network, signals[:4], "signal", "signal", "probabilities", contract, list(SHAPES)
    )
    report(network, path, signals, kinds, SHAPES, training)


if __name__ == "__main__":
    main()
