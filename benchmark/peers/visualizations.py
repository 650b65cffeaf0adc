"""Makes the stored references of attributions, recipe runs, losses and small networks.

    python visualizations.py VISUALIZE_TEST_RESOURCES

The folder holds kerasvis/, the weights of the tiny smooth network (see smooth_cnn.py), and gets
references/. Everything is computed in float64 from the formulas of the papers and of keras-vis'
documentation. For each group, GROUP.json holds what is said of each case and where its arrays lie
in GROUP.npy, all one after the other in float32: `{"at": first element, "shape": [...]}`. For runs,
`noise` is how far the run ends from there (relative L2) in float32, or started a little off: a
comparison that lets pass much more than that has no teeth.
"""

import argparse
import json
import math
import warnings
import zlib
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from kerasvis import (GRADIENT_MODIFIERS, JavaRandom, Modified, activation, class_activation_map,
                      descend, enlarged, lp_norm, noise, random_of_picture, recipe_losses, shares,
                      stretched, total_variation)

ROUNDING = 1e-7
"""By which starts are changed at random to see a run's noise: float32's precision."""

LARGEST_NOISE = 1e-3
"""Of a run that is fit for comparison."""


class References:
    """A group of stored cases."""

    def __init__(self, directory, name):
        self.directory, self.name = directory, name
        self.cases, self.parts, self.elements = {}, [], 0

    def add(self, case, facts=None, **arrays):
        entry = dict(facts or {}, arrays={})
        for name, array in arrays.items():
            part = array.detach().numpy() if torch.is_tensor(array) else np.asarray(array)
            entry["arrays"][name] = {"at": self.elements, "shape": list(part.shape)}
            self.parts.append(part.astype(np.float32).ravel())
            self.elements += part.size
        if case in self.cases:
            raise SystemExit(f"{self.name} has two cases {case}")
        self.cases[case] = entry

    def write(self):
        np.save(self.directory / f"{self.name}.npy", np.concatenate(self.parts))
        lines = [f" {json.dumps(case)}: {json.dumps(entry)}" for case, entry in self.cases.items()]
        text = "{\n" + ",\n".join(lines) + "\n}\n"
        (self.directory / f"{self.name}.json").write_text(text)


class Smooth:
    """The tiny smooth network from its Keras weights; channels first."""

    def __init__(self, directory, dtype=torch.float64):
        def weight(name):
            return torch.from_numpy(np.load(directory / f"{name}.npy")).to(dtype)

        self.kernels = {name: weight(f"{name}.kernel").permute(3, 2, 0, 1)
                        for name in ("conv_a", "conv_b", "conv_c")}
        self.dense = {name: weight(f"{name}.kernel") for name in ("hidden", "predictions")}
        self.biases = {name: weight(f"{name}.bias") for name in (*self.kernels, *self.dense)}

    def __call__(self, x, given=None):
        """All layers by name; `given` takes the place of a layer's output."""
        layers = {}

        def layer(name, value):
            layers[name] = (given or {}).get(name, value)
            return layers[name]

        x = layer("conv_a", torch.tanh(self.convolved("conv_a", F.pad(x, (1, 1, 1, 1)))))
        x = layer("pool_a", F.avg_pool2d(x, 2))
        # Keras' "same" with stride 2 pads an even length at its end only, an odd one on both.
        x = layer("conv_b", F.softplus(self.convolved("conv_b", F.pad(x, (0, 1, 0, 1)), 2)))
        x = layer("conv_c", torch.tanh(self.convolved("conv_c", x)))
        x = layer("gap", x.mean([2, 3]))
        x = layer("hidden", torch.tanh(x @ self.dense["hidden"] + self.biases["hidden"]))
        layer("predictions", x @ self.dense["predictions"] + self.biases["predictions"])
        return layers

    def convolved(self, name, x, stride=1):
        return F.conv2d(x, self.kernels[name], self.biases[name], stride)


def last(x):
    """From channels first to channels last."""
    return x.movedim(1, -1)


def gradient(function, x):
    x = x.detach().requires_grad_(True)
    value = function(x)
    return value.detach(), torch.autograd.grad(value, x)[0]


CLASS_ACTIVATION_MAPS = {"conv_a": ("none", "negate"), "conv_c": ("none", "relu"),
                         "conv_b": ("none", "negate", "absolute", "relu")}
"""Gradient modifiers at each layer with which the map of class 1 shows something."""


def inner_gradient(smooth, seed, name, unit):
    """The output of a layer, and the gradient of a class there."""
    features = smooth(seed)[name]
    _, slope = gradient(lambda given: smooth(seed, {name: given})["predictions"][:, unit].mean(),
                        features)
    return features, slope


def attributions(directory, smooth, seed):
    group = References(directory, "attributions")
    outputs = {
        "class_3": lambda layers: layers["predictions"][:, 3],
        "classes_3_and_1": lambda layers: layers["predictions"][:, [3, 1]].sum(1),
        "filter_7_of_conv_b": lambda layers: activation(layers["conv_b"], [7]),
        "all_filters_of_conv_c": lambda layers: activation(layers["conv_c"], range(10)),
        "softmax_of_class_3": lambda layers: layers["predictions"].softmax(1)[:, 3],
        "sigmoids_of_classes_3_and_1":
            lambda layers: layers["predictions"].sigmoid()[:, [3, 1]].sum(1),
    }
    for name, output in outputs.items():
        value, slope = gradient(lambda x, output=output: output(smooth(x)).mean(), seed)
        group.add(name, {"value": value.item()}, gradient=last(slope),
                  map=stretched(slope.abs().amax(1)[0]))
    _, slope = gradient(lambda x: smooth(x)["predictions"][:, 3].mean(), seed)
    for name, modify in GRADIENT_MODIFIERS.items():
        raw = {"raw": last(modify(slope))} if name in ("invert", "absolute") else {}
        group.add(f"class_3 {name}", map=stretched(modify(slope).amax(1)[0]), **raw)

    def own(x):
        layers = smooth(x)
        terms = [activation(layers["conv_b"], [7]), activation(layers["conv_a"], [2, 5]),
                 lp_norm(x, 6), total_variation(x, 2)]
        own.terms = [term.item() for term in terms]
        return (3 * terms[0] - 2 * terms[1] + 10 * terms[2] + 10 * terms[3]).mean()

    value, slope = gradient(own, seed)
    group.add("own_losses", {"value": value.item(), "terms": own.terms}, gradient=last(slope))

    for name in ("conv_b", "conv_c", "gap", "hidden"):
        features, slope = inner_gradient(smooth, seed, name, 3)
        # The pooling of the ONNX file keeps its axes of positions, Keras' does not.
        shape = (*features.shape, 1, 1) if name == "gap" else features.shape
        group.add(f"class_3 at {name}", gradient=slope.view(shape), value=features.view(shape))
    for name, kinds in CLASS_ACTIVATION_MAPS.items():
        features, slope = inner_gradient(smooth, seed, name, 1)
        for kind in kinds:
            raw = class_activation_map(features, GRADIENT_MODIFIERS[kind](slope))
            if not raw.max() > 0:
                raise SystemExit(f"The map of {kind} at {name} is empty")
            group.add(f"cam of class_1 at {name}, {kind}", raw=raw[0], map=enlarged(raw, (24, 20)))
    group.write()


def add_run(group, name, make_losses, start, random=None, to_model=last, whole=True, **options):
    """Adds a run, made in float64 and, to see its noise, in float32 and from starts a bit off."""
    def run(dtype, begin):
        drawn = None if random is None else random()
        return descend(make_losses(dtype), begin.to(dtype), random=drawn, **options)

    rows, end, slope, best = run(torch.float64, start)
    generator = torch.Generator().manual_seed(1)
    rough = [run(torch.float32, start)]
    for _ in range(2):
        off = torch.randn(start.shape, generator=generator, dtype=torch.float64)
        rough.append(run(torch.float64, start.double() * (1 + ROUNDING * off)))
    error = max(((other[1] - end).norm() / end.norm()).item() for other in rough)
    if not error <= LARGEST_NOISE:
        raise SystemExit(f"{group.name} {name} has noise {error:.1e}: not fit for comparison")
    arrays = {"last": end, "best": best, "gradient": slope} if whole else \
        {"sample": end[:, :, ::3, ::3]}
    rows = [[float(f"{number:.7g}") for number in row] for row in rows]
    group.add(name, {"noise": error, "losses": rows},
              **{key: to_model(array) for key, array in arrays.items()})


RECIPES = {
    "defaults": {},
    "lp_1": {"p": 1.0}, "lp_2": {"p": 2.0}, "lp_infinity": {"p": math.inf},
    "beta_1": {"beta": 1.0}, "beta_3": {"beta": 3.0},
    "without_lp": {"lp": 0.0}, "without_tv": {"tv": 0.0}, "without_activation": {"act": 0.0},
    "other_weights": {"act": 5.0, "lp": 30.0, "tv": 3.0},
}


WHOLE = ("defaults", "own_losses", "clip_and_fade")
"""Runs of which all is stored; of others on that network, every third pixel of the last input."""


def recipe_runs(directory, networks, seed):
    group = References(directory, "runs")

    def run(name, options=None, steps=6, start=seed, **more):
        def losses(dtype):
            network = networks[dtype]
            return recipe_losses(lambda x: network(x)["predictions"][:, 3], **options or {})
        add_run(group, name, losses, start, steps=steps, whole=name in WHOLE, **more)

    for name, options in RECIPES.items():
        run(name, options)
    for name in list(GRADIENT_MODIFIERS)[1:]:
        run(name, modify=GRADIENT_MODIFIERS[name])
    run("own_gradient_modifier", modify=lambda g: g.clamp(-0.01, 0.02))
    run("not_normalized", normalize=False)
    for name, amounts in {"jitter_share": [0.1], "jitter_axes": [0.25, 3], "jitter_positions": [3],
                          "jitter_of_one_axis": [0, 4]}.items():
        run(name, steps=10, jitter=shares(amounts, (24, 20)),
            random=lambda: random_of_picture(11, [3]))
    run("clip_and_fade", pre=[lambda x, r: x.clamp(-5, 4)], post=[lambda x, r: 0.99 * x])
    run("two_modifiers", pre=[lambda x, r: 0.9 * x, lambda x, r: x + 0.2],
        post=[lambda x, r: x + 0.1, lambda x, r: 0.8 * x])
    run("random_modifier", pre=[lambda x, r: x + 0.125 * (r.integer(3) - 1)],
        post=[lambda x, r: x * (1 + 0.25 * r.double())], jitter=shares([0.1], (24, 20)),
        random=lambda: random_of_picture(-5, [3]))
    for name, low, high in (("noise", -1, 1), ("noise_of_bytes", 0, 255)):
        start = noise(random_of_picture(7, [3]), (1, 3, 24, 20), low, high).float()
        run(name, start=start)

    def own(dtype):
        network = networks[dtype]

        def losses(x):
            layers = network(x)
            striped, dull = activation(layers["conv_b"], [7]), activation(layers["conv_a"], [2, 5])
            return [(2, -striped), (0.5, dull.exp()), (10, lp_norm(x, 6))]
        return losses
    add_run(group, "own_losses", own, seed, steps=6)
    group.write()


def total(x):
    return x.flatten(1).sum(1)


def mean(x):
    return x.flatten(1).mean(1)


def per_picture(number, like):
    return number.view(-1, *[1] * (like.ndim - 1))


DIRECTION = torch.tensor([0.5, -1.0, 2.0, 0.25], dtype=torch.float64)

EXPRESSIONS = {
    "filter": lambda a, b, f, x: mean(a[:, 2]),
    "filters": lambda a, b, f, x: mean(0.25 * a[:, 3] - 2 * a[:, 0]),
    "filters of dense": lambda a, b, f, x: 0.25 * f[:, 3] - 2 * f[:, 0],
    "filter of dense": lambda a, b, f, x: f[:, 1],
    "at": lambda a, b, f, x: a[:, 1, 2, 3],
    "at with filters": lambda a, b, f, x: a[:, :, 0, 5] @ DIRECTION,
    "centre": lambda a, b, f, x: a[:, :, 3, 3].square().sum(1),
    "mean": lambda a, b, f, x: mean(a),
    "sum": lambda a, b, f, x: total(a),
    "maximum": lambda a, b, f, x: a.flatten(1).amax(1),
    "minimum": lambda a, b, f, x: a.flatten(1).amin(1),
    "mean over positions": lambda a, b, f, x: a.mean([2, 3]).square().sum(1),
    "mean over positions of a filter": lambda a, b, f, x: a[:, 3].mean([1, 2]),
    "dot": lambda a, b, f, x: mean(torch.einsum("nchw,c->nhw", a, DIRECTION).square()),
    "plus": lambda a, b, f, x: total((a[:, 0] + a[:, 1]).square()),
    "plus a number": lambda a, b, f, x: total((a + 1.5).square()),
    "minus": lambda a, b, f, x: total((a[:, 0] - a[:, 1]).square()),
    "minus a number": lambda a, b, f, x: total((a - 1.5).square()),
    "times": lambda a, b, f, x: total(a[:, 0] * a[:, 1]),
    "times a number": lambda a, b, f, x: total((3 * a).square()),
    "divided by": lambda a, b, f, x: total(a[:, 0] / b[:, 1].mean([1, 2])[:, None, None]),
    "negative": lambda a, b, f, x: mean(-a[:, 2]),
    "absolute": lambda a, b, f, x: total(a.abs()),
    "square": lambda a, b, f, x: total(a.square()),
    "square root": lambda a, b, f, x: total(b.sqrt()),
    "power": lambda a, b, f, x: total(b**2.5),
    "cube": lambda a, b, f, x: total(a**3),
    "exponential": lambda a, b, f, x: mean(a.exp()),
    "logarithm": lambda a, b, f, x: mean(b.log()),
    "sigmoid": lambda a, b, f, x: mean(a.sigmoid()),
    "relu": lambda a, b, f, x: total(a.relu()),
    "map and number": lambda a, b, f, x: mean((a - per_picture(mean(a), a)).square()),
    "number and map": lambda a, b, f, x: total((per_picture(mean(a), a) - a).abs()),
    "number over map": lambda a, b, f, x: mean(per_picture(f[:, 0], b) / b),
    "two layers": lambda a, b, f, x: mean(a) * mean(b) + f[:, 2].sigmoid(),
    "image": lambda a, b, f, x: mean(x[:, 1] * x[:, 4]) + f[:, 0],
    "image and layer": lambda a, b, f, x: x.flatten(1).amax(1) * f[:, 0],
    "any operator": lambda a, b, f, x: total(a.atan()),
    "lp norm 1": lambda a, b, f, x: lp_norm(x, 1) + f[:, 0],
    "lp norm 2": lambda a, b, f, x: lp_norm(x, 2) + f[:, 0],
    "lp norm 6": lambda a, b, f, x: lp_norm(x, 6) + f[:, 0],
    "lp norm infinity": lambda a, b, f, x: lp_norm(x, math.inf) + f[:, 0],
    "total variation 1": lambda a, b, f, x: total_variation(x, 1) + f[:, 0],
    "total variation 1.5": lambda a, b, f, x: total_variation(x, 1.5) + f[:, 0],
    "total variation 2": lambda a, b, f, x: total_variation(x, 2) + f[:, 0],
    "total variation 3": lambda a, b, f, x: total_variation(x, 3) + f[:, 0],
}
"""Losses over a = act1 `[N, 4, 7, 6]`, b = act2 (positive), f = fc and the image x."""


def expressions(directory, network, x):
    group = References(directory, "expressions")
    group.add("input", input=x)
    for name, loss in EXPRESSIONS.items():
        def mean_loss(given, loss=loss):
            layers = network.layers(given)
            return loss(layers["act1"], layers["act2"], layers["fc"], given).mean()
        value, slope = gradient(mean_loss, x)
        group.add(name, {"value": value.item()}, gradient=slope)
    group.write()


class Tiny(nn.Module):
    """Two convolutions over one to three dimensions, pooling and a dense layer."""

    def __init__(self, spatial, channels, channels_last=False):
        super().__init__()
        dimensions = len(spatial)
        convolution = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[dimensions - 1]
        self.conv1 = convolution(channels, 4, 3, padding=1)
        self.act1 = nn.Tanh()
        self.conv2 = convolution(4, 6, 3, 2, padding=1)
        self.act2 = nn.Softplus()
        self.pool = (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d,
                     nn.AdaptiveAvgPool3d)[dimensions - 1](1)
        self.fc = nn.Linear(6, 5)
        self.shape, self.channels_last = (channels, *spatial), channels_last

    maps = ("conv1", "act1", "conv2", "act2")

    def layers(self, x, given=None, modifier=None):
        """All layers by name; `given` takes the place of a layer's output."""
        layers = {}
        for name in (*self.maps, "pool"):
            x = (given or {})[name] if name in (given or {}) else self.step(name, x, modifier)
            layers[name] = x
        layers["fc"] = self.fc(torch.flatten(x, 1))
        return layers

    def step(self, name, x, modifier):
        return getattr(self, name)(x)

    def forward(self, x):
        # The exporter writes a negative axis as it is, and that would be no ONNX.
        return self.layers(x.movedim(x.ndim - 1, 1) if self.channels_last else x)["fc"]


class Mixed(Tiny):
    """A rectifier of another kind after each convolution."""

    maps = tuple(f"{kind}{i}" for i in range(1, 6) for kind in ("conv", "act"))

    def __init__(self, spatial, channels):
        super().__init__(spatial, channels)
        self.act1, self.act2 = nn.ReLU(), nn.LeakyReLU(0.2)
        self.conv3, self.act3 = nn.Conv2d(6, 6, 3, padding=1), nn.PReLU(6)
        self.conv4, self.act4 = nn.Conv2d(6, 6, 3, padding=1), nn.ReLU6()
        self.conv5, self.act5 = nn.Conv2d(6, 6, 3, padding=1), nn.ELU(0.7)
        nn.init.uniform_(self.act3.weight, 0.05, 0.7)

    def step(self, name, x, modifier):
        function = getattr(self, name)
        if modifier is None or not name.startswith("act"):
            return function(x)
        return Modified.apply(x, function, modifier)


NETWORKS = {
    "signal": (Tiny, (40,), 2, False), "signal_last": (Tiny, (40,), 2, True),
    "five_channels": (Tiny, (7, 6), 5, False),
    "volume": (Tiny, (8, 8, 8), 1, False), "volume_last": (Tiny, (8, 8, 8), 1, True),
    "rectifiers": (Mixed, (9, 8), 3, False),
}
JITTER = [0.2]
FILTER = 2

EARLY = "act1"
"""A layer with all but one of the rectifiers between it and the output."""


def small_networks(directory):
    group = References(directory, "networks")
    made = {}
    for name, (kind, spatial, channels, channels_last) in NETWORKS.items():
        torch.manual_seed(zlib.crc32(f"{name.removesuffix('_last')} 3".encode()))
        options = {"channels_last": True} if channels_last else {}
        model = kind(spatial, channels, **options).eval()
        for parameter in model.parameters():
            parameter.requires_grad_(False)
            if parameter.ndim > 1:
                parameter.mul_(1.5)
        x = torch.randn(1, channels, *spatial)
        to_model = last if channels_last else (lambda array: array)
        torch.onnx.export(model, (to_model(x),), directory / f"{name}.onnx", dynamo=False,
                          opset_version=17, input_names=["input"], output_names=["output"],
                          dynamic_axes={"input": {0: "N"}, "output": {0: "N"}})
        copy = kind(spatial, channels, **options).double().eval()
        copy.load_state_dict(model.state_dict())
        networks = {torch.float32: model, torch.float64: copy.requires_grad_(False)}
        made[name] = networks[torch.float64]
        add_network(group, name, networks, x.double(), to_model)
    group.write()
    return made


def add_network(group, name, networks, x, to_model):
    model = networks[torch.float64]
    group.add(f"{name} input", input=to_model(x))
    for modifier in (None, "guided", "rectified") if isinstance(model, Mixed) else (None,):
        suffix = f" {modifier}" if modifier else ""

        def output(given, modifier=modifier):
            return model.layers(given, modifier=modifier)["fc"][:, FILTER].mean()

        value, slope = gradient(output, x)
        feature_map = model.maps[-1]
        features = model.layers(x)[feature_map]
        _, inner = gradient(lambda given: model.layers(x, {feature_map: given}, modifier)["fc"]
                            [:, FILTER].mean(), features)
        raw = class_activation_map(features, inner)
        early = model.layers(x)[EARLY]
        _, inner = gradient(lambda given: model.layers(x, {EARLY: given}, modifier)["fc"]
                            [:, FILTER].mean(), early)
        early = class_activation_map(early, inner)
        if not (raw.max() > 0 and early.max() > 0):
            raise SystemExit(f"A class activation map of {name}{suffix} is empty")
        facts = {"value": value.item(), "penultimate": feature_map}
        group.add(f"{name} attribution{suffix}", facts, gradient=to_model(slope),
                  saliency=stretched(slope.abs().amax(1)[0]), raw=raw[0],
                  cam=enlarged(raw, tuple(x.shape[2:])), early=early[0])

        def losses(dtype, modifier=modifier):
            return recipe_losses(
                lambda given: networks[dtype].layers(given, modifier=modifier)["fc"][:, FILTER])

        for jitter in ([], JITTER):
            add_run(group, f"{name} run{suffix}{' with jitter' if jitter else ''}", losses, 0.1 * x,
                    random=lambda: random_of_picture(3, [FILTER]), to_model=to_model, steps=10,
                    jitter=shares(jitter, x.shape[2:]) if jitter else None)


def jitter(directory):
    """The transform by itself: what NumPy rolls, and back."""
    group = References(directory, "jitter")
    generator = np.random.default_rng(5)
    for name, spatial, amounts in (("one_axis", (9,), [3]), ("two_axes", (6, 5), [0.5]),
                                   ("three_axes", (3, 4, 5), [1, 0, 0.7])):
        x, slope = (generator.standard_normal((1, 2, *spatial)) for _ in range(2))
        random = JavaRandom(17)
        shifts = [random.integer(2 * most + 1) - most for most in shares(amounts, spatial)]
        axes = tuple(range(2, x.ndim))
        group.add(name, {"amounts": amounts, "seed": 17, "shifts": shifts}, input=x, slope=slope,
                  rolled=np.roll(x, shifts, axes),
                  gradient=np.roll(slope, [-shift for shift in shifts], axes))
    group.write()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, metavar="VISUALIZE_TEST_RESOURCES")
    resources = parser.parse_args().directory
    warnings.simplefilter("ignore")
    directory = resources / "references"
    directory.mkdir(parents=True, exist_ok=True)
    networks = {dtype: Smooth(resources / "kerasvis", dtype)
                for dtype in (torch.float32, torch.float64)}
    seed = torch.from_numpy(np.load(resources / "kerasvis" / "seed.npy")).double().movedim(-1, 1)
    attributions(directory, networks[torch.float64], seed)
    recipe_runs(directory, networks, seed)
    made = small_networks(directory)
    torch.manual_seed(8)
    expressions(directory, made["five_channels"], torch.randn(2, 5, 7, 6).float().double())
    jitter(directory)


if __name__ == "__main__":
    main()
