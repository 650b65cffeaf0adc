"""Networks of torchvision for the zoo: classification, segmentation, video."""

import torchvision

import networks
from zoo_networks import CONVOLUTIONAL_SIZE, Subject

_SIZES = {"inception_v3": 139, "swin_v2_t": 224, "swin_t": 224, "vit_b_32": 224, "vit_b_16": 224,
          "maxvit_t": 224}

_OPTIONS = {
    "googlenet": dict(aux_logits=False, init_weights=True),
    "inception_v3": dict(aux_logits=False, init_weights=True),
}

_CLIPS = {"s3d": (16, 224, 224), "mvit_v1_b": (16, 224, 224), "mvit_v2_s": (16, 224, 224)}
"""Frames, height and width of the networks of video that do not take any."""


def build(architecture, name):
    """Builds `torchvision/ARCHITECTURE`, weights of backbones random as well."""
    builder = torchvision.models.get_model_builder(architecture)
    options = dict(_OPTIONS.get(architecture, {}))
    module = builder.__module__
    if ".segmentation" in module:
        options["weights_backbone"] = None
    model = builder(weights=None, **options)
    size = _SIZES.get(architecture, CONVOLUTIONAL_SIZE)
    shape = (1, 3, size, size)
    if ".video" in module:
        shape = (1, 3, *_CLIPS.get(architecture, (8, 64, 64)))
    return Subject(model, {"input": networks.random_input(name, shape)})
