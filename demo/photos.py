"""CIFAR-10 as tensors: reading the JPEG folders, the held-out split, crops and mirror images."""

import numpy as np
import torch
from PIL import Image

from network import CLASSES

HELD_OUT_PER_CLASS = 200
BORDER = 4  # random crops of the photo with 4 mirrored pixels on each side, as is usual for CIFAR


def read(folder):
    """Photos of FOLDER/CLASS/*.jpg as uint8 [N, 32, 32, 3] and their class indices [N]."""
    pictures, labels = [], []
    for index, name in enumerate(CLASSES):
        files = sorted((folder / name).glob("*.jpg"))
        if not files:
            raise SystemExit(f"{folder / name}: expected JPEG photos, found none")
        for file in files:
            with Image.open(file) as image:
                pictures.append(np.asarray(image.convert("RGB")))
            labels.append(index)
    return torch.from_numpy(np.stack(pictures)), torch.tensor(labels)


def read_split(data):
    """Training, validation (200 training photos of each class, held out) and test photos."""
    photos, labels = read(data / "train")
    position = torch.cat([torch.arange(int((labels == c).sum())) for c in range(len(CLASSES))])
    held_out = position < HELD_OUT_PER_CLASS
    return (
        (photos[~held_out], labels[~held_out]),
        (photos[held_out], labels[held_out]),
        read(data / "test"),
    )


def to_network(photos):
    """uint8 [N, H, W, 3] to the network's input: float32 [N, 3, H, W] in [0, 1], channels last."""
    return (photos.float() / 255.0).permute(0, 3, 1, 2)


def add_border(photos):
    """Mirrors BORDER pixels on each side, for random_crops."""
    width = ((0, 0), (BORDER, BORDER), (BORDER, BORDER), (0, 0))
    return torch.from_numpy(np.pad(photos.numpy(), width, mode="reflect"))


def random_crops(bordered, chosen, generator):
    """The chosen photos, shifted by up to BORDER pixels; mirrored with probability 1/2."""
    count, size = len(chosen), bordered.shape[1] - 2 * BORDER
    top = torch.randint(0, 2 * BORDER + 1, (count, 1), generator=generator)
    left = torch.randint(0, 2 * BORDER + 1, (count, 1), generator=generator)
    mirrored = torch.rand(count, 1, generator=generator) < 0.5
    along = torch.arange(size)
    rows = top + along
    columns = left + torch.where(mirrored, along.flip(0), along)
    return to_network(bordered[chosen[:, None, None], rows[:, :, None], columns[:, None, :]])
