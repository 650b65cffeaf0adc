#!/usr/bin/env python3
"""Trains the network that says which kinds of fruit a picture shows, each kind on its own.

Usage: python fruit_labels.py [--steps N]     writes fruit-labels.onnx into the resources
"""

import argparse
import math
import os
import time

import torch
import torch.nn.functional as F
from torch import nn

import export
import fruit
from attack import l2_attack
from backbone import features

SEED = 9
TRAINING_PICTURES = 20_000
TEST_PICTURES = 2_000
BATCH = 48
CLEAN = 16  # of the batch, the rest is adversarial
RATE = 4e-3
WEIGHT_DECAY = 1e-4
RADIUS = 1.5  # L2, of pixels in [0, 1]; a blueberry differs from its table by about 2
ATTACK_STEPS = 2
CLEAN_STEPS = 300
RAMP = 0.5  # share of the training during which the radius grows


class FruitLabels(nn.Module):
    """[N, 3, H, W] in [0, 1] to [N, 5], the probability of each kind; made for 64x64 pixels."""

    def __init__(self):
        super().__init__()
        self.features = features()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.labels = nn.Linear(64, len(fruit.KINDS))
        self.sigmoid = nn.Sigmoid()

    def logits(self, x):
        return self.labels(self.flatten(self.pool(self.features(x))))

    def forward(self, x):
        return self.sigmoid(self.logits(x))


def tensors(seed, count):
    """Pictures, uint8 [N, 3, H, W], and which kinds they show, [N, 5]."""
    pictures = fruit.draw_many(fruit.few_of_each, seed, count)
    images = torch.stack([torch.from_numpy(picture.image) for picture in pictures])
    present = torch.stack([torch.from_numpy(picture.present()) for picture in pictures])
    return images.permute(0, 3, 1, 2), present.float()


def batch(images, present):
    """Random pictures, half of them mirrored, with some more noise."""
    chosen = torch.randint(len(images), (BATCH,))
    x = images[chosen] / 255
    x = torch.where(torch.rand(BATCH, 1, 1, 1) < 0.5, x.flip(3), x)
    x = x + torch.randn_like(x) * torch.rand(BATCH, 1, 1, 1) * 0.06
    return x.clamp(0, 1).contiguous(memory_format=torch.channels_last), present[chosen]


def fast_logits(network, x):
    with torch.autocast("cpu", torch.bfloat16):
        return network.logits(x).float()


def attacked(network, x, present, radius, steps=ATTACK_STEPS):
    """Pictures whose labels are more wrong."""
    return l2_attack(
        lambda candidate: F.binary_cross_entropy_with_logits(
            fast_logits(network, candidate), present, reduction="sum"
        ),
        x, radius, steps, 0, 1,
    )  # fmt: skip


def train(network, images, present, steps, checkpoint):
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=WEIGHT_DECAY)
    start, right = time.monotonic(), 0.0
    for step in range(steps):
        warm = min(1, (step + 1) / 100)
        optimizer.param_groups[0]["lr"] = RATE * warm * (1 + math.cos(math.pi * step / steps)) / 2
        x, wanted = batch(images, present)
        if step >= CLEAN_STEPS:
            radius = RADIUS * min(1, (step - CLEAN_STEPS) / (RAMP * steps))
            network.eval()
            x[CLEAN:] = attacked(network, x[CLEAN:], wanted[CLEAN:], radius)
            network.train()
        logits = fast_logits(network, x)
        loss = F.binary_cross_entropy_with_logits(logits, wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        hits = ((logits > 0) == (wanted > 0))[:CLEAN].float().mean().item()
        right = 0.98 * right + 0.02 * hits
        if step % 100 == 99:
            seconds = time.monotonic() - start
            print(f"step {step + 1}, {seconds:.0f} s: accuracy {right:.3f}", flush=True)
            torch.save(network.state_dict(), checkpoint)


def report(network, path, images, present):
    """Prints the accuracy on pictures that no training saw."""
    x = images / 255
    right = (torch.from_numpy(export.run(path, x)) > 0.5) == (present > 0)
    print(f"mean accuracy of a label {right.float().mean():.4f}, {len(x)} fresh pictures")
    for name, column in zip(fruit.KINDS, right.T):
        print(f"{name}: {column.float().mean():.4f}")
    network.eval()
    bad = attacked(network, x[:500], present[:500], RADIUS, steps=10)
    right = (torch.from_numpy(export.run(path, bad)) > 0.5) == (present[:500] > 0)
    print(f"under attack at L2 radius {RADIUS}: {right.float().mean():.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=2200)
    parser.add_argument("--checkpoint", default=os.devnull, help="file for weights on the way")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    network = FruitLabels().to(memory_format=torch.channels_last)
    train(network, *tensors(SEED, TRAINING_PICTURES), arguments.steps, arguments.checkpoint)
    images, present = tensors(SEED + 1, TEST_PICTURES)
    contract = {"layout": "NCHW", "channels": "RGB", "range": [0, 1], "size": [64, 64]}
    contract = contract | {"mean": [0, 0, 0], "deviation": [1, 1, 1]}
    example = images[:4] / 255
    path = export.write(
        network, example, "fruit-labels", "picture", "probabilities", contract, fruit.KINDS
    )
    report(network, path, images, present)


if __name__ == "__main__":
    main()
