#!/usr/bin/env python3
"""Colour decorrelation matrix of natural photos, for the Fourier image parameterization.

Every pixel of every training photo is one observation (r, g, b), each channel in [0, 1], as stored
(gamma-encoded sRGB). From the mean m and the covariance

    C = E[(p - m) (p - m)^T]                                    (3 x 3, symmetric)

the symmetric square root S = U diag(sqrt(l)) U^T is taken, where C = U diag(l) U^T is the
eigendecomposition, and divided by the largest L2 norm of its columns:

    M = S / max_j ||S[:, j]||_2                                 (the matrix printed)

A decorrelated colour c (three independent components of equal variance) becomes p = M c, whose
covariance M M^T = C / max_j ||S[:, j]||^2 is that of photos up to one factor. Because S is
symmetric, so is M: rows and columns are (red, green, blue), it makes no difference whether it is
multiplied from the left or from the right, and component j remains "mostly channel j".
||S[:, j]||^2 = C[j, j], so the factor is the standard deviation of the most variable channel.

Usage: python colour_statistics.py CIFAR10_FOLDER       (the folder that holds train/CLASS/*.jpg)
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image


def colour_moments(photos):
    """Mean [3] and covariance [3, 3] of RGB in [0, 1] over all pixels of the photos."""
    count = 0
    total = np.zeros(3)
    products = np.zeros((3, 3))
    for photo in photos:
        with Image.open(photo) as image:
            pixels = np.asarray(image.convert("RGB"), dtype=np.float64).reshape(-1, 3) / 255.0
        count += len(pixels)
        total += pixels.sum(axis=0)
        products += pixels.T @ pixels
    if count == 0:
        raise SystemExit("no photos: expected train/CLASS/*.jpg below the given folder")
    mean = total / count
    return mean, products / count - np.outer(mean, mean)


def decorrelation_matrix(covariance):
    """Symmetric square root of the covariance, divided by its largest column norm."""
    eigenvalues, eigenvectors = np.linalg.eigh(covariance)
    root = (eigenvectors * np.sqrt(eigenvalues)) @ eigenvectors.T
    return root / np.linalg.norm(root, axis=0).max()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder that holds train/CLASS/*.jpg")
    data = parser.parse_args().data
    mean, covariance = colour_moments(sorted(data.glob("train/*/*.jpg")))
    with np.printoptions(precision=6, suppress=True):
        print("mean of RGB\n", mean)
        print("standard deviation of RGB\n", np.sqrt(np.diag(covariance)))
        print("covariance of RGB\n", covariance)
        print("colour decorrelation matrix\n", decorrelation_matrix(covariance))


if __name__ == "__main__":
    main()
