"""Makes the stored references of transformers over pictures.

Writes for each network NAME.EXPORTER.onnx and, in tokens.json, what is asked of it: a layer, a
filter, and the file with the gradient at the input of the mean of that filter over the tokens that
are positions of the input, or over special tokens; or a map of Grad-CAM. By autograd in float64.
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
import torch
import torchvision
from timm.models.swin_transformer import SwinTransformer
from timm.models.vision_transformer import VisionTransformer

import networks
import tiny

FILTER = 3
HEAD = 1
HEADS = 2
SIDE = 16

NETWORKS = {
    "class_token": lambda: torchvision.models.VisionTransformer(
        SIDE, 4, 2, HEADS, 16, 32, num_classes=5),
    "registers": lambda: VisionTransformer(
        img_size=SIDE, patch_size=4, embed_dim=16, depth=2, num_heads=HEADS, mlp_ratio=2,
        reg_tokens=2, num_classes=5),
    "mean_of_tokens": lambda: VisionTransformer(
        img_size=SIDE, patch_size=4, embed_dim=16, depth=2, num_heads=HEADS, mlp_ratio=2,
        class_token=False, global_pool="avg", num_classes=5),
    "windows": lambda: SwinTransformer(
        img_size=2 * SIDE, patch_size=4, embed_dim=16, depths=(2,), num_heads=(HEADS,),
        window_size=4, num_classes=5),
}
"""Each a few thousand weights."""


class Case:
    """What a network is asked, and how PyTorch answers it.

    `module` is where PyTorch looks, `layer` what the question calls the layer, `value` makes a
    number of what the module gives, or takes where `before`.
    """

    def __init__(self, kind, module, layer, index, value, before=False):
        self.kind, self.module, self.layer, self.index = kind, module, layer, index
        self.value, self.before = value, before

    def gradient(self, model, x):
        seen, kept = x.clone().requires_grad_(True), []
        module = model.get_submodule(self.module)
        hook = (module.register_forward_pre_hook(lambda _, given: kept.append(given[0]))
                if self.before else
                module.register_forward_hook(lambda _, given, result: kept.append(result)))
        model(seen)
        hook.remove()
        return torch.autograd.grad(self.value(kept[0]), seen)[0]


class Map(Case):
    """Grad-CAM at the tokens that a module gives, for a class."""

    def __init__(self, module, layer, index, special):
        super().__init__("cam", module, layer, index, None)
        self.special = special

    def gradient(self, model, x):
        kept = []
        hook = model.get_submodule(self.module).register_forward_hook(
            lambda _, given, result: kept.append(result))
        y = model(x.clone().requires_grad_(True))
        hook.remove()
        gradient = torch.autograd.grad(y[0, self.index], kept[0])[0]
        weights = gradient[0, self.special:].mean(0)
        side = int((kept[0].shape[1] - self.special) ** 0.5)
        return (kept[0][0, self.special:] @ weights).clamp(min=0).reshape(side, side)


def head(x, special):
    width = x.shape[-1] // HEADS
    return x[:, special:, HEAD * width:(HEAD + 1) * width].mean()


CASES = {
    "class_token": [
        Case("positions", "encoder.layers.encoder_layer_0", "encoder.layers.encoder_layer_0",
             FILTER, lambda y: y[:, 1:, FILTER].mean()),
        Case("special", "encoder.layers.encoder_layer_1", "encoder.layers.encoder_layer_1",
             FILTER, lambda y: y[:, :1, FILTER].mean()),
        Map("encoder.layers.encoder_layer_1.ln_1", "encoder.layers.encoder_layer_1.ln_1",
            FILTER, 1),
    ],
    "registers": [
        Case("positions", "blocks.0", "blocks.0", FILTER, lambda y: y[:, 3:, FILTER].mean()),
        Case("special", "blocks.1", "blocks.1", FILTER, lambda y: y[:, :3, FILTER].mean()),
        Case("positions", "blocks.1.attn.proj", "blocks.1.attn.heads", HEAD,
             lambda x: head(x, 3), before=True),
        Map("blocks.1.norm1", "blocks.1.norm1", FILTER, 3),
    ],
    "mean_of_tokens": [
        Case("positions", "blocks.1.mlp.fc1", "blocks.1.mlp.fc1", FILTER,
             lambda y: y[:, :, FILTER].mean()),
        Map("blocks.1", "blocks.1.Add_1", FILTER, 0),
    ],
    "windows": [
        Case("positions", "layers.0.blocks.1.attn.proj", "layers.0.blocks.1.attn.heads", HEAD,
             lambda x: head(x, 0), before=True),
        Case("positions", "layers.0.blocks.1", "layers.0.blocks.1", FILTER,
             lambda y: y[..., FILTER].mean()),
    ],
}


def write(name, build, directory):
    torch.manual_seed(networks.seed(name))
    model = build().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.3)
    side = 2 * SIDE if name == "windows" else SIDE
    x = torch.from_numpy(networks.random_input(name, (1, 3, side, side)))
    np.save(directory / f"{name}.input.npy", x.numpy())
    files = []
    for exporter in ("torchscript", "dynamo"):
        path = directory / f"{name}.{exporter}.onnx"
        fixed = {} if exporter == "dynamo" else {"dynamic_axes": {}}
        networks.export(model, x, path, exporter, **fixed)
        tiny.strip(path)
        files.append(path.name)
    # Not before: without gradients PyTorch's attention is an operator that cannot be exported.
    model = model.double().requires_grad_(False)
    cases = []
    for number, case in enumerate(CASES[name]):
        file = f"{name}.{number}.npy"
        np.save(directory / file, case.gradient(model, x.double()).detach().float().numpy())
        cases.append({"kind": case.kind, "layer": case.layer, "index": case.index, "file": file})
    return {"files": files, "input": f"{name}.input.npy", "cases": cases}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    directory = parser.parse_args().directory
    warnings.simplefilter("ignore")
    directory.mkdir(parents=True, exist_ok=True)
    written = {name: write(name, build, directory) for name, build in NETWORKS.items()}
    (directory / "tokens.json").write_text(json.dumps(written, indent=1) + "\n")


if __name__ == "__main__":
    main()
