#!/usr/bin/env python3
"""Trains the apple counter: a picture in, the number of apples out.

The network makes a map whose mean is the count. Training shows it where the apples are, and two
thirds of each batch are adversarial: so what raises the count looks like apples.

Usage: python apple_counter.py [--steps N]     writes apple-counter.onnx into the resources
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

SEED = 3
TRAINING_PICTURES = 28_000
TEST_PICTURES = 2_000
BATCH = 48
CLEAN = 16  # of the batch, the rest is adversarial
RATE = 4e-3
WEIGHT_DECAY = 1e-4
# L2 radius of the attack, of pixels in [0, 1]; to draw an apple takes about 5 to 10.
RADIUS = 3.0
ATTACK_STEPS = 3
CLEAN_STEPS = 200
RAMP = 0.4  # share of the training during which the radius grows
MAP_WEIGHT = 0.02
BLOB = 0.45  # deviation of an apple's place on the map, as a share of its radius
CELL = 4  # pixels along each side of a cell of the map


class AppleCounter(nn.Module):
    """[N, 3, H, W] in [0, 1] to [N, 1], the count; made for 64x64 pixels.

    The softplus keeps the map above 0 and, unlike a ReLU, leaves a gradient where no apple is.
    """

    def __init__(self):
        super().__init__()
        self.features = features()
        self.density = nn.Conv2d(64, 1, 1)
        nn.init.constant_(self.density.bias, -2)
        self.softplus = nn.Softplus()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.count = nn.Flatten()

    def map(self, x):
        """[N, 1, H/4, W/4]: how much each place adds to the count, times the number of places."""
        return self.softplus(self.density(self.features(x)))

    def forward(self, x):
        return self.count(self.pool(self.map(x)))


def tensors(seed, count):
    """Pictures, uint8 [N, 3, H, W], and apples: x, y, radius, in pixels, [N, 8, 3], 0 for none."""
    pictures = fruit.draw_many(fruit.many_apples, seed, count)
    apples = torch.zeros(count, fruit.MOST_APPLES, 3)
    for picture, row in zip(pictures, apples):
        found = [(f.x, f.y, f.radius) for f in picture.fruits if f.kind == "apple"]
        row[: len(found)] = torch.tensor(found).view(-1, 3)
    images = torch.stack([torch.from_numpy(picture.image) for picture in pictures])
    return images.permute(0, 3, 1, 2), apples


def counts(apples):
    return (apples[..., 2] > 0).sum(1).float()


def wanted_map(apples):
    """A blob for each apple, [N, 1, H/4, W/4], whose mean is the count."""
    side = fruit.SIZE // CELL
    centres = (torch.arange(side) + 0.5) * CELL
    x, y, radius = apples.unsqueeze(-1).unbind(2)
    deviation = (BLOB * radius).clamp_min(1)
    across = torch.exp(-(((centres - x) / deviation) ** 2) / 2)
    down = torch.exp(-(((centres - y) / deviation) ** 2) / 2)
    blobs = down.unsqueeze(3) * across.unsqueeze(2) * (radius > 0).unsqueeze(3)
    blobs = blobs / blobs.sum((2, 3), keepdim=True).clamp_min(1e-6)
    return blobs.sum(1, keepdim=True) * side**2


def batch(images, apples):
    """Random pictures, half of them mirrored, with some more noise."""
    chosen = torch.randint(len(images), (BATCH,))
    x, apples = images[chosen] / 255, apples[chosen]
    mirrored = torch.rand(BATCH) < 0.5
    x = torch.where(mirrored.view(-1, 1, 1, 1), x.flip(3), x)
    flipped = torch.stack([fruit.SIZE - apples[..., 0], *apples.unbind(2)[1:]], 2)
    apples = torch.where((mirrored.view(-1, 1, 1) & (apples[..., 2:] > 0)), flipped, apples)
    x = x + torch.randn_like(x) * torch.rand(BATCH, 1, 1, 1) * 0.06
    return x.clamp(0, 1).contiguous(memory_format=torch.channels_last), apples


def fast_map(network, x):
    with torch.autocast("cpu", torch.bfloat16):
        return network.map(x).float()


def attacked(network, x, apples, radius, steps=ATTACK_STEPS):
    """Pictures whose count, and map, are more wrong."""
    count, wanted = counts(apples), wanted_map(apples)

    def error(candidate):
        map = fast_map(network, candidate)
        off = (map.mean((1, 2, 3)) - count).abs().sum()
        return off + MAP_WEIGHT * (map - wanted).abs().mean((1, 2, 3)).sum()

    return l2_attack(error, x, radius, steps, 0, 1)


def train(network, images, apples, steps, checkpoint):
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=WEIGHT_DECAY)
    start, error = time.monotonic(), 1.0
    for step in range(steps):
        warm = min(1, (step + 1) / CLEAN_STEPS)
        optimizer.param_groups[0]["lr"] = RATE * warm * (1 + math.cos(math.pi * step / steps)) / 2
        x, placed = batch(images, apples)
        if step >= CLEAN_STEPS:
            radius = RADIUS * min(1, step / (RAMP * steps))
            network.eval()
            x[CLEAN:] = attacked(network, x[CLEAN:], placed[CLEAN:], radius)
            network.train()
        map, count = fast_map(network, x), counts(placed)
        found = map.mean((1, 2, 3))
        misplaced = (map - wanted_map(placed)).square().mean()
        loss = F.smooth_l1_loss(found, count) + MAP_WEIGHT * misplaced
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        error = 0.98 * error + 0.02 * (found - count)[:CLEAN].abs().mean().item()
        if step % 100 == 99:
            seconds = time.monotonic() - start
            print(f"step {step + 1}, {seconds:.0f} s: error {error:.3f} apples", flush=True)
            torch.save(network.state_dict(), checkpoint)


def report(network, path, images, apples):
    """Prints the mean absolute error on pictures that no training saw."""
    x, count = images / 255, counts(apples)
    found = torch.from_numpy(export.run(path, x))[:, 0]
    print(f"mean absolute error {(found - count).abs().mean():.3f} apples, {len(x)} fresh pictures")
    print(f"rounded right: {(found.round() == count).float().mean():.3f}")
    for number in range(fruit.MOST_APPLES + 1):
        of = found[count == number]
        print(f"{number} apples: found {of.mean():.2f}, error {(of - number).abs().mean():.3f}")
    for radius in (1.0, RADIUS):
        network.eval()
        bad = attacked(network, x[:500], apples[:500], radius, steps=10)
        with torch.no_grad():
            error = (network(bad)[:, 0] - count[:500]).abs().mean()
        print(f"under attack at L2 radius {radius}: mean absolute error {error:.3f} apples")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=2600)
    parser.add_argument("--checkpoint", default=os.devnull, help="file for weights on the way")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    network = AppleCounter().to(memory_format=torch.channels_last)
    train(network, *tensors(SEED, TRAINING_PICTURES), arguments.steps, arguments.checkpoint)
    images, apples = tensors(SEED + 1, TEST_PICTURES)
    contract = {"layout": "NCHW", "channels": "RGB", "range": [0, 1], "size": [64, 64]}
    contract = contract | {"mean": [0, 0, 0], "deviation": [1, 1, 1]}
    example = images[:4] / 255
    path = export.write(network, example, "apple-counter", "picture", "count", contract)
    report(network, path, images, apples)


if __name__ == "__main__":
    main()
