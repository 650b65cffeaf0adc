"""A small convolutional classifier of signals and volumes, and its training."""

import math
import time
from collections import OrderedDict
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

import export
from attack import l2_attack

LAYERS = {
    1: (nn.Conv1d, nn.BatchNorm1d, nn.AvgPool1d, nn.AdaptiveAvgPool1d),
    3: (nn.Conv3d, nn.BatchNorm3d, nn.AvgPool3d, nn.AdaptiveAvgPool3d),
}


class Classifier(nn.Module):
    """[N, 1, ...] to [N, classes], probabilities.

    `stages` has a width and a kernel size for each convolution; 2-fold average pooling is between
    them.
    """

    def __init__(self, dimensions, stages, classes):
        super().__init__()
        convolution, norm, pool, global_pool = LAYERS[dimensions]
        layers = OrderedDict()
        inputs = 1
        for number, (width, kernel) in enumerate(stages, start=1):
            if number > 1:
                layers[f"pool{number - 1}"] = pool(2)
            layers[f"conv{number}"] = convolution(
                inputs, width, kernel, padding=kernel // 2, bias=False
            )
            layers[f"norm{number}"] = norm(width)
            layers[f"relu{number}"] = nn.ReLU()
            inputs = width
        self.features = nn.Sequential(layers)
        self.pool = global_pool(1)
        self.flatten = nn.Flatten()
        self.classes = nn.Linear(inputs, classes)
        self.softmax = nn.Softmax(dim=1)

    def logits(self, x):
        return self.classes(self.flatten(self.pool(self.features(x))))

    def forward(self, x):
        return self.softmax(self.logits(x))


@dataclass(frozen=True)
class Training:
    """Settings of a training; inputs lie in [low, high]."""

    steps: int
    batch: int
    rate: float
    radius: float  # L2, of the attack; it grows during the first half of the training
    low: float
    high: float
    attack_steps: int = 3
    clean: float = 0.4  # share of each batch, the rest is adversarial
    weight_decay: float = 1e-4


def train(network, inputs, kinds, training):
    parameters, steps = network.parameters(), training.steps
    optimizer = torch.optim.AdamW(parameters, lr=0, weight_decay=training.weight_decay)
    start, right = time.monotonic(), 0.0
    clean = int(training.clean * training.batch)
    for step in range(steps):
        progress = step / steps
        rate = training.rate * (1 + math.cos(math.pi * progress)) / 2
        optimizer.param_groups[0]["lr"] = rate
        chosen = torch.randint(len(inputs), (training.batch,))
        x, wanted = inputs[chosen], kinds[chosen]
        x[clean:] = attacked(
            network, x[clean:], wanted[clean:], training, training.radius * min(1, 2 * progress)
        )
        network.train()
        logits = network.logits(x)
        loss = F.cross_entropy(logits, wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        hits = (logits.argmax(1) == wanted)[:clean].float().mean().item()
        right = 0.98 * right + 0.02 * hits
        if step % 100 == 99:
            seconds = time.monotonic() - start
            print(f"step {step + 1}, {seconds:.0f} s: accuracy {right:.3f}", flush=True)
    network.eval()


def attacked(network, x, kinds, training, radius):
    """Inputs that are classified worse."""
    network.eval()
    return l2_attack(
        lambda candidate: F.cross_entropy(network.logits(candidate), kinds, reduction="sum"),
        x, radius, training.attack_steps, training.low, training.high,
    )  # fmt: skip


def report(network, path, inputs, kinds, names, training):
    """Prints the accuracy of the file on inputs that no training saw, and under attack."""
    found = torch.from_numpy(export.run(path, inputs)).argmax(1)
    print(f"accuracy {(found == kinds).float().mean():.4f}, {len(kinds)} fresh inputs")
    for kind, name in enumerate(names):
        print(f"{name}: {(found[kinds == kind] == kind).float().mean():.4f}")
    bad = attacked(network, inputs[:500], kinds[:500], training, training.radius)
    found = torch.from_numpy(export.run(path, bad)).argmax(1)
    right = (found == kinds[:500]).float().mean()
    print(f"under attack at L2 radius {training.radius}: accuracy {right:.4f}")
