"""Adversarial examples in an L2 ball around a photo (distance in units of [0, 1] pixels)."""

import torch
import torch.nn.functional as F


def _to_norm(x, norm):
    """x with each picture scaled to the given L2 norm."""
    return x * (norm / x.flatten(1).norm(dim=1).clamp_min(1e-12)).view(-1, 1, 1, 1)


def _within(x, radius):
    """x with each picture scaled down to the radius where it is longer."""
    length = x.flatten(1).norm(dim=1).clamp_min(1e-12).view(-1, 1, 1, 1)
    return x * (radius / length).clamp_max(1.0)


def l2_attack(network, x, labels, radius, steps, step_size, generator=None):
    """Pictures within the radius of x that raise the cross entropy.

    Random start in the ball (uniform length, Gaussian direction), then `steps` normalised gradient
    steps of `step_size` times the radius, each projected back onto the ball and onto [0, 1]. One
    step is the fast training attack (Wong et al., "Fast is better than free", 2020), several are
    projected gradient descent (Madry et al., 2018). The network should be in evaluation mode.
    """
    direction = torch.randn(x.shape, generator=generator).to(memory_format=torch.channels_last)
    length = torch.rand(len(x), generator=generator) * radius
    offset = _to_norm(direction, length)
    for _ in range(steps):
        candidate = (x + offset).clamp(0, 1).detach().requires_grad_()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = F.cross_entropy(network(candidate).float(), labels, reduction="sum")
        (gradient,) = torch.autograd.grad(loss, candidate)
        offset = _within(offset + _to_norm(gradient, step_size * radius), radius)
    return (x + offset).clamp(0, 1).detach()
