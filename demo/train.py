#!/usr/bin/env python3
"""Trains the embedded network on CIFAR-10: clean first, then partly on adversarial examples.

Networks trained on adversarial examples have gradients that look like the class to a person
(Tsipras et al., "Robustness May Be at Odds with Accuracy", 2019; Santurkar et al., "Image Synthesis
with a Single (Robust) Classifier", 2019), which is what a demonstration of activation maximization
needs. Half of every batch stays clean, and the weights are averaged over time, for the accuracy.

Needs PyTorch, NumPy and Pillow; with --export also onnx, onnxruntime and Keras 3.
Usage: python train.py CIFAR10_FOLDER --work FOLDER   (reads train/CLASS/*.jpg and test/CLASS/*.jpg)

One process of one thread per core, gradients averaged after each step: under other load this loses
less than threads that wait for each other after every layer. With the same number of processes and
the same seed the run repeats itself, up to what bfloat16 kernels of another processor change.
"""

import argparse
import copy
import math
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed as distributed
import torch.multiprocessing as multiprocessing
import torch.nn.functional as F

from attack import l2_attack
from network import Network, parameter_count
from photos import add_border, random_crops, read_split, to_network

SEED = 20
BATCH = 256
MOMENTUM = 0.9
WEIGHT_DECAY = 5e-4
LABEL_SMOOTHING = 0.1
WARMUP_START = 0.05  # the first learning rate is that of 1/20 of an epoch, not 0
RAMP_START = 0.2  # share of the radius at the start of its ramp
AVERAGE_DECAY = 0.995  # of the averaged weights, per step: a memory of about one epoch
EVALUATION_STEPS = 4  # of projected gradient descent, each half of the radius


@dataclass(frozen=True)
class Phase:
    """Epochs with one purpose; learning rate: linear to `peak`, then cosine to `final`."""

    name: str
    epochs: int
    warmup_epochs: float
    peak: float
    final: float
    radius: float  # of the L2 ball for the adversarial half of the batches; 0 trains clean
    radius_ramp_epochs: float = 0.0

    def learning_rate(self, epoch):
        if epoch < self.warmup_epochs:
            return self.peak * (epoch + WARMUP_START) / (self.warmup_epochs + WARMUP_START)
        progress = (epoch - self.warmup_epochs) / (self.epochs - self.warmup_epochs)
        return self.final + (self.peak - self.final) * 0.5 * (1 + math.cos(math.pi * progress))

    def radius_at(self, epoch):
        ramp = self.radius_ramp_epochs
        share = RAMP_START + (1 - RAMP_START) * epoch / ramp if ramp > 0 else 1.0
        return self.radius * min(1.0, share)


PHASES = (
    Phase("clean", epochs=8, warmup_epochs=2, peak=0.3, final=0.15, radius=0.0),
    Phase(
        "adversarial", epochs=5, warmup_epochs=0, peak=0.15, final=0.06,
        radius=0.5, radius_ramp_epochs=4,
    ),
    Phase("settling", epochs=2, warmup_epochs=0, peak=0.06, final=0.0, radius=0.35),
)  # fmt: skip


class Trainer:
    """One of `world` equal processes; the first one writes the log and the checkpoints."""

    def __init__(self, rank, world, data, work):
        self.rank, self.world, self.work = rank, world, work
        (photos, self.labels), self.validation, self.test = read_split(data)
        self.bordered = add_border(photos)
        torch.manual_seed(SEED)
        self.network = Network().to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network).eval()
        self.optimizer = torch.optim.SGD(
            self.network.parameters(), lr=0.0, momentum=MOMENTUM, nesterov=True,
            weight_decay=WEIGHT_DECAY,
        )  # fmt: skip
        self.started = time.monotonic()

    def log(self, line):
        if self.rank == 0:
            with open(self.work / "training.log", "a", encoding="utf-8") as file:
                file.write(line + "\n")

    def run(self, done):
        """All epochs of all phases after the first `done`."""
        if done == 0:
            count = parameter_count(self.network)
            self.log(f"parameters {count}, processes {self.world}, seed {SEED}")
        else:
            self.log(f"resumed after epoch {done}")
        number = 0
        for phase in PHASES:
            if done < number + phase.epochs:
                self.log(f"phase {phase}")
            for epoch in range(phase.epochs):
                number += 1
                if number > done:
                    self.one_epoch(phase, epoch, number)
                    self.save(number)
            if number > done:
                self.report(phase)

    def one_epoch(self, phase, epoch, number):
        shuffle = torch.Generator().manual_seed(SEED * 1000 + number)
        own = torch.Generator().manual_seed(SEED * 1000000 + number * 100 + self.rank)
        order = torch.randperm(len(self.labels), generator=shuffle)
        steps = len(order) // BATCH
        start, losses, right = time.monotonic(), 0.0, 0
        for step in range(steps):
            at = epoch + step / steps
            mine = order[step * BATCH + self.rank : (step + 1) * BATCH : self.world]
            loss, hits = self.one_step(phase, at, mine, own)
            losses += loss
            right += hits
        seconds = time.monotonic() - start
        self.share_buffers()
        radius = phase.radius_at(epoch + 1)
        clean = self.accuracy(self.validation)
        attacked = self.accuracy(self.validation, radius) if radius > 0 else float("nan")
        self.log(
            f"epoch {number:2d} {phase.name:11s} rate {self.optimizer.param_groups[0]['lr']:.4f}"
            f" radius {radius:.3f} loss {losses / steps:.4f}"
            f" training {right * self.world / (steps * BATCH):.4f}"
            f" | averaged weights, held-out photos: clean {clean:.4f} attacked {attacked:.4f}"
            f" | {steps * BATCH / seconds:.0f} photos/s, {time.monotonic() - self.started:.0f} s"
        )

    def one_step(self, phase, at, chosen, generator):
        for group in self.optimizer.param_groups:
            group["lr"] = phase.learning_rate(at)
        x, labels = random_crops(self.bordered, chosen, generator), self.labels[chosen]
        if phase.radius > 0:
            half = len(x) // 2
            self.network.eval()
            attacked = l2_attack(
                self.network, x[:half], labels[:half], phase.radius_at(at),
                steps=1, step_size=1.0, generator=generator,
            )  # fmt: skip
            x = torch.cat([attacked, x[half:]])
        self.network.train()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = self.network(x).float()
        loss = F.cross_entropy(logits, labels, label_smoothing=LABEL_SMOOTHING)
        self.optimizer.zero_grad()
        loss.backward()
        self.share_gradients()
        self.optimizer.step()
        self.update_average()
        return loss.item(), int((logits.argmax(1) == labels).sum())

    def share_gradients(self):
        gradients = [parameter.grad for parameter in self.network.parameters()]
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= self.world
        for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients])):
            gradient.copy_(part.view(gradient.shape))

    def share_buffers(self):
        for network in (self.network, self.average):
            for buffer in network.buffers():
                if buffer.is_floating_point():
                    distributed.all_reduce(buffer)
                    buffer /= self.world

    @torch.no_grad()
    def update_average(self):
        for kept, new in zip(
            self.average.state_dict().values(), self.network.state_dict().values()
        ):
            if kept.is_floating_point():
                kept.lerp_(new, 1 - AVERAGE_DECAY)

    def correct(self, photos, labels, radius=0.0):
        """Which of this process's share of the photos the averaged network gets right."""
        generator = torch.Generator().manual_seed(SEED + self.rank)
        hits = []
        for start in range(0, len(labels), 250):
            x, expected = to_network(photos[start : start + 250]), labels[start : start + 250]
            if radius > 0:
                x = l2_attack(
                    self.average, x, expected, radius, EVALUATION_STEPS, 0.5, generator
                )
            with torch.no_grad():
                hits.append(self.average(x).argmax(1) == expected)
        return torch.cat(hits)

    def accuracy(self, dataset, radius=0.0):
        photos, labels = (part[self.rank :: self.world] for part in dataset)
        counts = torch.tensor([self.correct(photos, labels, radius).sum(), len(labels)])
        distributed.all_reduce(counts)
        return (counts[0] / counts[1]).item()

    def save(self, number):
        if self.rank == 0:
            torch.save(self.average.state_dict(), self.work / "average.pt")
            state = {
                "done": number,
                "seconds": time.monotonic() - self.started,
                "network": self.network.state_dict(),
                "average": self.average.state_dict(),
                "optimizer": self.optimizer.state_dict(),
            }
            torch.save(state, self.work / f"epoch{number:02d}.pt")

    def load(self, checkpoint):
        state = torch.load(checkpoint)
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.started -= state["seconds"]
        return state["done"]

    def report(self, phase):
        accuracy = self.accuracy(self.test)
        self.log(f"after phase {phase.name}: accuracy on test photos {accuracy:.4f}")


def work_as(rank, world, arguments):
    torch.set_num_threads(1)
    distributed.init_process_group(
        "gloo", init_method=f"file://{arguments.work.resolve()}/rendezvous", rank=rank,
        world_size=world,
    )  # fmt: skip
    trainer = Trainer(rank, world, arguments.data, arguments.work)
    trainer.run(trainer.load(arguments.resume) if arguments.resume else 0)
    distributed.destroy_process_group()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder that holds train/ and test/CLASS/*.jpg")
    parser.add_argument("--work", type=Path, required=True, help="for checkpoints and the log")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--resume", type=Path, help="checkpoint (epochNN.pt) to go on from")
    parser.add_argument("--export", type=Path, help="folder for the ONNX and the Keras file")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    (arguments.work / "rendezvous").unlink(missing_ok=True)
    multiprocessing.spawn(work_as, (arguments.processes, arguments), arguments.processes)
    if arguments.export:
        weights = arguments.work / "average.pt"
        command = [sys.executable, "export.py", arguments.data.resolve(), weights.resolve()]
        command.append(arguments.export.resolve())
        sys.exit(subprocess.run(command, cwd=Path(__file__).parent).returncode)


if __name__ == "__main__":
    main()
