"""Stores what the test of the keras-vis recipe needs: the weights of a tiny smooth Keras network and
what keras-vis' method computes for it on TensorFlow.

    python smooth_cnn.py SHARED OUT_DIR

SHARED has models/smooth_cnn.h5 and reference/kerasvis*; OUT_DIR is the test's resource folder. Each
weight becomes LAYER.kernel.npy or LAYER.bias.npy in Keras' own axis order.
"""

import shutil
import sys
from pathlib import Path

import h5py
import numpy as np


def main(shared: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with h5py.File(shared / "models" / "smooth_cnn.h5") as model:

        def store(path, entry):
            if isinstance(entry, h5py.Dataset):
                layer, weight = path.split("/")[0], path.split("/")[-1]
                np.save(out / f"{layer}.{weight}.npy", entry[...])

        model["model_weights"].visititems(store)
    for reference in (shared / "reference").glob("kerasvis*"):
        shutil.copyfile(reference, out / reference.name.removeprefix("kerasvis_"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
