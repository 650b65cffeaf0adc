"""Makes the stored references of optimizers and schedules: where torch.optim goes, in float64.

    python optimizers.py VISUALIZE_TEST_RESOURCES

Each case is a descent of 20 steps on a function of `FUNCTIONS` from `STARTS`; its array `path`
holds the parameters after each step. Writes references/optimizers.json and .npy (see
visualizations.py).
"""

import argparse
from pathlib import Path

import torch
from torch.optim import lr_scheduler

from visualizations import References

STEPS = 20
CURVATURES = torch.tensor([1.0, 2.0, 3.0, 5.0, 8.0], dtype=torch.float64)
FUNCTIONS = {
    "rosenbrock": lambda x: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2,
    "quadratic": lambda x: (CURVATURES * x.square()).sum() / 2,
}
STARTS = {"rosenbrock": [-1.2, 1.0], "quadratic": [1.0, -2.0, 0.5, 3.0, -1.0]}
OPTIMIZERS = {
    "adam": lambda x: torch.optim.Adam(x, lr=0.1),
    "adam with weight decay": lambda x: torch.optim.AdamW(x, lr=0.1, weight_decay=0.3),
    "nadam": lambda x: torch.optim.NAdam(x, lr=0.1),
    "sgd": lambda x: torch.optim.SGD(x, lr=0.0005),
    "sgd with momentum": lambda x: torch.optim.SGD(x, lr=0.0005, momentum=0.9),
    "sgd with nesterov": lambda x: torch.optim.SGD(x, lr=0.0005, momentum=0.9, nesterov=True),
}
LBFGS = {
    "lbfgs": lambda x: lbfgs(x, 0.8, 10),
    "lbfgs of three": lambda x: lbfgs(x, 0.3, 3),
}
SCHEDULES = {
    "constant": lambda o: lr_scheduler.LambdaLR(o, lambda step: 1.0),
    "cosine": lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS, eta_min=0.1 * 0.25),
    "step": lambda o: lr_scheduler.StepLR(o, 6, gamma=0.3),
    "warm-up": lambda o: lr_scheduler.SequentialLR(
        o, [lr_scheduler.LinearLR(o, 1 / 5, 1, 4),
            lr_scheduler.CosineAnnealingLR(o, STEPS - 5, eta_min=0)], [5]),
}
"""Of Adam with rate 0.1."""


def lbfgs(x, rate, history):
    return torch.optim.LBFGS(x, lr=rate, max_iter=1, max_eval=1, history_size=history,
                             tolerance_grad=0, tolerance_change=0)


def path(function, make_optimizer, make_schedule=None, largest_norm=None):
    x = torch.tensor(STARTS[function], dtype=torch.float64, requires_grad=True)
    optimizer = make_optimizer([x])
    schedule = make_schedule(optimizer) if make_schedule else None

    def closure():
        optimizer.zero_grad()
        value = FUNCTIONS[function](x)
        value.backward()
        if largest_norm:
            torch.nn.utils.clip_grad_norm_([x], largest_norm)
        return value

    rows = []
    for _ in range(STEPS):
        optimizer.step(closure)
        if schedule:
            schedule.step()
        rows.append(x.detach().clone())
    return torch.stack(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, metavar="VISUALIZE_TEST_RESOURCES")
    group = References(parser.parse_args().directory / "references", "optimizers")
    for name, make in OPTIMIZERS.items():
        for function in FUNCTIONS:
            group.add(f"{name}, {function}", path=path(function, make))
    for name, make in LBFGS.items():
        group.add(f"{name}, quadratic", path=path("quadratic", make))
    for name, make in SCHEDULES.items():
        group.add(f"{name}, rosenbrock", path=path("rosenbrock", OPTIMIZERS["adam"], make))
    clipped = path("rosenbrock", OPTIMIZERS["sgd with momentum"], largest_norm=20.0)
    group.add("clipped, rosenbrock", path=clipped)
    group.write()


if __name__ == "__main__":
    main()
