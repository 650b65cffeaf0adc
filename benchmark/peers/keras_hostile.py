"""Makes HDF5 files that are malformed on purpose, for the tests; each pretends to be a model."""

import argparse
import json
from pathlib import Path

import h5py
import numpy as np

DENSE = {"class_name": "Dense", "config": {
    "name": "dense", "units": 2, "activation": "linear", "use_bias": True,
    "batch_input_shape": [None, 3], "dtype": "float32"}}


def model(file, names=("dense/kernel:0", "dense/bias:0")):
    """Everything of a model but its weights; the group that they belong in."""
    config = {"class_name": "Sequential", "config": {"name": "model", "layers": [DENSE]}}
    file.attrs["model_config"] = json.dumps(config)
    file.attrs["keras_version"] = "2.11.0"
    weights = file.create_group("model_weights")
    weights.attrs["layer_names"] = np.array([b"dense"])
    group = weights.create_group("dense")
    group.attrs["weight_names"] = np.array([name.encode() for name in names])
    return group


def weights(group):
    group["dense/kernel:0"] = np.zeros((3, 2), "float32")
    group["dense/bias:0"] = np.zeros(2, "float32")


def endless_chunks(file):
    """A terabyte of which nothing is stored."""
    group = model(file)
    group.create_dataset("dense/kernel:0", (1 << 28, 1 << 10), "float32", chunks=(1, 1))


def many_chunks(file):
    """The right rank, a gigabyte declared, in chunks of one element."""
    group = model(file)
    group.create_dataset("dense/kernel:0", (3, 1 << 26), "float32", chunks=(1, 1))


def expanding_chunks(file):
    """A small file that decompresses to half a gigabyte."""
    group = model(file)
    group.create_dataset(
        "dense/kernel:0", (1 << 13, 1 << 14), "float32", chunks=(1 << 11, 1 << 12),
        compression="gzip", compression_opts=9, data=np.zeros((1 << 13, 1 << 14), "float32"))


def circle(file):
    """A group that is its own member, and weights behind it."""
    group = model(file, ["dense/loop/loop/loop/missing:0"])
    inner = group.create_group("dense")
    inner["loop"] = inner
    inner["up"] = file["/"]


def deep(file):
    """Groups within groups."""
    path = "/".join(["g"] * 3000)
    model(file, [path + "/kernel:0"]).create_group(path)


def linked(file):
    """Weights that lie in another file."""
    group = model(file)
    group["dense/kernel:0"] = h5py.ExternalLink("/etc/passwd", "/")


def soft(file):
    group = model(file)
    group["dense/kernel:0"] = h5py.SoftLink("/model_weights/dense/dense/kernel:0")


def virtual(file):
    """Weights put together from another file."""
    layout = h5py.VirtualLayout((3, 2), "float32")
    layout[:] = h5py.VirtualSource("elsewhere.h5", "kernel", (3, 2))
    model(file).create_virtual_dataset("dense/kernel:0", layout)


def external(file):
    """Weights whose bytes are those of another file."""
    model(file).create_dataset(
        "dense/kernel:0", (3, 2), "float32", external=[("/etc/passwd", 0, 24)])


def texts(file):
    """Weights that are words."""
    group = model(file)
    group["dense/kernel:0"] = np.array([[b"a", b"b"]] * 3)


def group_for_weight(file):
    model(file).create_group("dense/kernel:0")


def other_shape(file):
    group = model(file)
    group["dense/kernel:0"] = np.zeros((2, 3), "float32")


def not_json(file):
    weights(model(file))
    file.attrs["model_config"] = '{"class_name": "Sequential", "config": [' + "[" * 5000


FILES = [
    endless_chunks, many_chunks, circle, linked, soft, virtual, external, texts, group_for_weight,
    other_shape, not_json,
]

LARGE = [expanding_chunks, deep]
"""Files too large to store with the tests."""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help="also those that are not stored")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    folder = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    for make in FILES + (LARGE if options.large else []):
        with h5py.File(folder / f"{make.__name__}.h5", "w", libver="earliest") as file:
            make(file)


if __name__ == "__main__":
    main()
