"""What the scripts store and where, and how far two arrays differ; needs no PyTorch."""

from pathlib import Path

import numpy as np

EXPORTERS = ("torchscript", "dynamo")
"""PyTorch's two exporters, `dynamo=False` and `dynamo=True`."""


def state_path(name, directory):
    """Returns the file that holds a network's parameters and statistics."""
    return Path(directory) / f"{name}.state.pt"


def onnx_path(name, exporter, directory):
    """Returns the ONNX file of a network from one of the `EXPORTERS`."""
    return Path(directory) / f"{name}.{exporter}.onnx"


def array_path(name, array, directory):
    """Returns the file of an array (`input`, `output`, `gradient`, ...) of a network."""
    return Path(directory) / f"{name}.{array}.npy"


def relative_error(actual, expected):
    """Returns the L2 norm of the difference over that of `expected`, infinite if not finite."""
    actual, expected = np.asarray(actual, np.float64), np.asarray(expected, np.float64)
    if actual.shape != expected.shape:
        return float("inf")
    error = np.linalg.norm(actual - expected) / np.linalg.norm(expected)
    return float(error) if np.isfinite(error) else float("inf")
