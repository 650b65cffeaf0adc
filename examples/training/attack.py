"""Adversarial inputs in an L2 ball, for training networks whose gradients show what they look for.

The gradients of networks trained on such inputs are perceptually aligned: what raises an output
looks like the thing it stands for (Tsipras et al., "Robustness May Be at Odds with Accuracy",
2019; Santurkar et al., "Image Synthesis with a Single (Robust) Classifier", 2019).
"""

import torch


def to_norm(x, norm):
    """x with each example scaled to the given L2 norm."""
    return x * (norm / lengths(x).clamp_min(1e-12))


def lengths(x):
    """L2 norm of each example, of a shape that multiplies them."""
    return x.flatten(1).norm(dim=1).view(-1, *[1] * (x.dim() - 1))


def l2_attack(loss, x, radius, steps, low, high):
    """Inputs within `radius` of x, in [low, high], that raise `loss`.

    `loss` maps a batch of inputs to one number. Random start in the ball, then normalised gradient
    steps of 1.5 radii in all, each projected back onto the ball (Madry et al., "Towards Deep
    Learning Models Resistant to Adversarial Attacks", 2018). The network should be in evaluation
    mode.
    """
    offset = to_norm(torch.randn_like(x), radius) * torch.rand_like(lengths(x))
    for _ in range(steps):
        candidate = (x + offset).clamp(low, high).requires_grad_()
        (gradient,) = torch.autograd.grad(loss(candidate), candidate)
        offset = offset + to_norm(gradient, 1.5 * radius / steps)
        offset = offset * (radius / lengths(offset).clamp_min(1e-12)).clamp_max(1)
    return (x + offset).clamp(low, high).detach()
