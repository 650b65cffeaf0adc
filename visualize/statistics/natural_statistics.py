#!/usr/bin/env python3
"""Statistics of photographs that image parameterizations start from: colours and frequencies.

**Colours.** Every pixel of every small photo is one observation (r, g, b) in [0, 1], as stored
(gamma-encoded sRGB). From the mean m and the covariance

    C = E[(p - m) (p - m)^T]                                    (3 x 3, symmetric)

the symmetric square root S = U diag(sqrt(l)) U^T is taken, where C = U diag(l) U^T, and divided by
the largest L2 norm of its columns: M = S / max_j ||S[:, j]||. A decorrelated colour c (three
independent components of equal variance) becomes p = M c, whose covariance is that of photos up to
one factor. Because S is symmetric, so is M, and component j remains "mostly channel j".

**Frequencies.** The mean amplitude of photos, seen in decorrelated colours, by frequency in cycles
per image: |F(u, v)| of the square photo under a Hann window, averaged over components, directions
and photos, in bands half an octave wide. Two sources are joined:

- low frequencies, up to 10 cycles per image, from the many small photos (32 pixels);
- high frequencies, from 5 cycles per image to a third of the photo's side, from few large photos,
  whose amplitudes are brought to those of the small ones where both are known (5 to 10 cycles);
  a photo counts at the frequencies that it has.

Beyond the last band the amplitude is *extrapolated* by the power law f^-a that fits the bands
between 8 cycles and the last one best (least squares in logarithms), and below 1 cycle per image it
stays as at 1 cycle: photos are known to fall about as 1/f over all scales (Field 1987, "Relations
between the statistics of natural images and the response properties of cortical cells").

Writes a JSON file: {"colours": M by rows, "frequencies": [...], "amplitudes": [... 1 at 1 cycle per
image ...], "exponent": a}.

Usage: python natural_statistics.py CIFAR10_FOLDER PHOTOS_FOLDER OUTPUT.json
       (the first holds train/CLASS/*.jpg, the second *.jpg of 256 pixels or more a side)
"""

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

BANDS = 2.0 ** np.arange(0, 8.01, 0.5)
"""Middles of the bands in cycles per image."""

OVERLAP = (5, 10)
"""Cycles per image at which both sources are used."""


def pixels(photo):
    with Image.open(photo) as image:
        return np.asarray(image.convert("RGB"), dtype=np.float64) / 255.0


def colour_matrix(photos):
    """Symmetric square root of the covariance of colours, divided by its largest column norm.

    Prints mean and standard deviation, which the training of the embedded network uses.
    """
    count, total, products = 0, np.zeros(3), np.zeros((3, 3))
    for photo in photos:
        colours = pixels(photo).reshape(-1, 3)
        count += len(colours)
        total += colours.sum(axis=0)
        products += colours.T @ colours
    if count == 0:
        raise SystemExit("no photos: expected train/CLASS/*.jpg below the first folder")
    mean = total / count
    covariance = products / count - np.outer(mean, mean)
    print("mean of RGB", mean.round(6), "standard deviation", np.sqrt(np.diag(covariance)).round(6))
    eigenvalues, eigenvectors = np.linalg.eigh(covariance)
    root = (eigenvectors * np.sqrt(eigenvalues)) @ eigenvectors.T
    return root / np.linalg.norm(root, axis=0).max()


def banded_amplitudes(photo, to_decorrelated):
    """Mean amplitude in each band, of the middle square; NaN in bands that it does not reach."""
    image = pixels(photo)
    side = min(image.shape[:2])
    top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
    image = image[top:top + side, left:left + side] @ to_decorrelated.T
    window = np.hanning(side + 1)[:side]
    window = np.outer(window, window)[..., None]
    image = (image - (image * window).sum((0, 1)) / window.sum()) * window
    amplitude = np.abs(np.fft.fft2(image, axes=(0, 1))).mean(2) / side**2
    cycles = np.fft.fftfreq(side) * side
    frequency = np.hypot(cycles[:, None], cycles[None, :])
    band = np.rint(2 * np.log2(np.maximum(frequency, 0.1))).astype(int)
    inside = (band >= 0) & (band < len(BANDS)) & (frequency <= side / 3)
    counts = np.bincount(band[inside], minlength=len(BANDS))
    sums = np.bincount(band[inside], amplitude[inside], minlength=len(BANDS))
    # A band that is cut off by the photo's resolution would be seen at its lower end only.
    complete = (counts > 0) & (BANDS * 2**0.25 <= side / 3)
    return np.where(complete, sums / np.maximum(counts, 1), np.nan)


def spectrum(small, large, colours):
    """Frequencies and amplitudes, and the exponent beyond."""
    to_decorrelated = np.linalg.inv(colours)
    low = np.nanmean([banded_amplitudes(photo, to_decorrelated) for photo in small], axis=0)
    both = (BANDS >= OVERLAP[0]) & (BANDS <= OVERLAP[1])
    rows = []
    for photo in large:
        row = banded_amplitudes(photo, to_decorrelated)
        rows.append(row * np.exp(np.mean(np.log(low[both] / row[both]))))
    if not rows:
        raise SystemExit("no photos: expected *.jpg in the second folder")
    known = ~np.all(np.isnan(rows), axis=0)
    high = np.full(len(BANDS), np.nan)
    # Photos differ by factors, so their mean is that of logarithms.
    high[known] = np.exp(np.nanmean(np.log(np.asarray(rows)[:, known]), axis=0))
    joined = np.where(BANDS <= OVERLAP[1], low, high)
    joined = joined[~np.isnan(joined)] / joined[0]
    bands = BANDS[:len(joined)]
    fitted = bands >= 8
    slope, _ = np.polyfit(np.log(bands[fitted]), np.log(joined[fitted]), 1)
    return bands, joined, -slope


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("small", type=Path, help="folder that holds train/CLASS/*.jpg")
    parser.add_argument("large", type=Path, help="folder that holds *.jpg")
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    small = sorted(arguments.small.glob("train/*/*.jpg"))
    colours = colour_matrix(small)
    bands, amplitudes, exponent = spectrum(small, sorted(arguments.large.glob("*.jpg")), colours)
    rounded = {
        "colours": [float(f"{number:.6f}") for number in colours.ravel()],
        "frequencies": [float(f"{number:.6g}") for number in bands],
        "amplitudes": [float(f"{number:.4g}") for number in amplitudes],
        "exponent": float(f"{exponent:.3f}"),
    }
    lines = [f'  "{name}": {json.dumps(value)}' for name, value in rounded.items()]
    arguments.output.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
