"""Makes the stored references of objectives: values and gradients of formulas in float64.

    python objectives.py VISUALIZE_TEST_RESOURCES

The network is `five_channels` of visualizations.py, made again from its seed, on a batch of three;
the photo is a fourth input. Writes references/objectives.json and .npy (see visualizations.py).
"""

import argparse
import zlib
from pathlib import Path

import torch

from visualizations import NETWORKS, References, Tiny, gradient, mean, per_picture, total

DIRECTION = torch.tensor([0.5, -1.0, 2.0, 0.25], dtype=torch.float64)
FILTERS = [2, 0]
"""The filters that are chosen where a case looks at chosen ones."""


def network():
    name = "five_channels"
    kind, spatial, channels, _ = NETWORKS[name]
    torch.manual_seed(zlib.crc32(f"{name} 3".encode()))
    model = kind(spatial, channels).eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
        if parameter.ndim > 1:
            parameter.mul_(1.5)
    copy = Tiny(spatial, channels).double().eval()
    copy.load_state_dict(model.state_dict())
    return copy.requires_grad_(False)


def direction(a, power):
    dot = torch.einsum("nchw,c->nhw", a, DIRECTION)
    cosine = dot / (a.square().sum(1).sqrt() * DIRECTION.norm())
    return -mean(dot * cosine.clamp_min(0.1) ** power)


def gram(a):
    rows = a.flatten(2)
    return rows @ rows.transpose(1, 2) / rows.shape[2]


def against_rest(units, chosen):
    rest = [unit for unit in range(units.shape[1]) if unit not in chosen]
    return -(units[:, chosen].mean(1) - units[:, rest].mean(1))


def alignment(a):
    differences = (a[1:] - a[:-1]).square().flatten(1).mean(1)
    nothing = differences.new_zeros(1)
    return (torch.cat([nothing, differences]) + torch.cat([differences, nothing])) / 2


def diversity(a):
    matrices = gram(a).flatten(1)
    unit = matrices / matrices.norm(dim=1, keepdim=True)
    cosines = unit @ unit.T
    others = 1 - torch.eye(len(a), dtype=a.dtype)
    return (cosines * others).sum(1) / (len(a) - 1)


def caricature(a, f, power):
    along = total(a * f) / f.norm()
    return -along * (along / a.flatten(1).norm(dim=1)).clamp_min(0.1) ** power


CASES = {
    "neuron at the centre": lambda a, c, f: -a[:, FILTERS, 3, 3].sum(1),
    "neuron": lambda a, c, f: -a[:, FILTERS, 2, 5].sum(1),
    "layer": lambda a, c, f: -mean(a.square()),
    "direction 0": lambda a, c, f: direction(a, 0),
    "direction 2": lambda a, c, f: direction(a, 2),
    "against the rest": lambda a, c, f: against_rest(a.mean([2, 3]), FILTERS),
    "alignment": lambda a, c, f: alignment(a),
    "diversity": lambda a, c, f: diversity(a),
    "channel": lambda a, c, f: -a[:, [3, 1]].mean([2, 3]).sum(1),
    "logit": lambda a, c, f: -c[:, 2],
    "several classes": lambda a, c, f: -c[:, [2, 4]].sum(1),
    "class against the rest": lambda a, c, f: against_rest(c, [3]),
    "one neuron": lambda a, c, f: -a[:, 1, 3, 3],
    "one neuron at a position": lambda a, c, f: -a[:, 1, 0, 4],
    "interpolation": lambda a, c, f: -(0.75 * mean(a[:, 0]) + 0.25 * mean(a[:, 2])),
    "content": lambda a, c, f: total((a - f).square()) / f.square().sum(),
    "style": lambda a, c, f: (gram(a) - gram(f)).square().flatten(1).mean(1),
    "caricature 0": lambda a, c, f: caricature(a, f, 0),
    "caricature 2": lambda a, c, f: caricature(a, f, 2),
    "difference": lambda a, c, f: -(2 * mean(a[:, 0]) - 3 * mean(a[:, 1])),
    "class while features are held":
        lambda a, c, f: -c[:, 1] + 0.5 * total((a - f).square()) / f.square().sum(),
}
"""Over a = act1 `[3, 4, 7, 6]`, the logits c and f = act1 of the photo."""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, metavar="VISUALIZE_TEST_RESOURCES")
    directory = parser.parse_args().directory / "references"
    model = network()
    torch.manual_seed(12)
    x, photo = (torch.randn(count, 5, 7, 6).float().double() for count in (3, 1))
    features = model.layers(photo)["act1"]
    group = References(directory, "objectives")
    group.add("input", input=x, photo=photo)
    for name, loss in CASES.items():
        def mean_loss(given, loss=loss):
            layers = model.layers(given)
            return loss(layers["act1"], layers["fc"], features).mean()
        value, slope = gradient(mean_loss, x)
        group.add(name, {"value": value.item()}, gradient=slope)
    group.write()


if __name__ == "__main__":
    main()
