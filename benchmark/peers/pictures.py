"""Writes what NumPy, SciPy, Pillow and matplotlib make of small arrays: references.txt.

usage: pictures.py OUT_DIR

The project keeps it in image/src/test/resources/dev/phosphene/image, where the tests of heat maps,
plots and sheets read it. A line is NAME SIZES NUMBERS, sizes as 3x4 and numbers in C order; the
input of a case has the same name with ".in". The formulas marked keras-vis are its documented ones.
"""

import argparse
from pathlib import Path

import numpy as np
import PIL
import scipy
from matplotlib.ticker import MaxNLocator
from PIL import Image
from scipy import ndimage

SEED = 20
EPSILON = 1e-7  # of Keras


class Cases:
    """Collects named arrays."""

    def __init__(self):
        self.lines = []

    def add(self, name, array):
        array = np.asarray(array)
        sizes = "x".join(str(size) for size in array.shape)
        numbers = " ".join(
            str(number) if array.dtype.kind in "iu" else repr(float(number))
            for number in array.ravel()
        )
        self.lines.append(f"{name} {sizes} {numbers}")


def resizing(cases, random):
    """Pillow on pictures of floats; SciPy's linear zoom on any number of axes."""
    picture = random.normal(size=(5, 7)).astype(np.float32)
    cases.add("picture.in", picture)
    for name, size in {"enlarged": (20, 12), "shrunk": (3, 4), "mixed": (4, 11)}.items():
        for method in (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC):
            resized = Image.fromarray(picture).resize(size, method)
            cases.add(f"picture.{name}.{method.name.lower()}", np.asarray(resized))
    for name, sizes, new in (("signal", (6,), (15,)), ("volume", (2, 3, 4), (5, 6, 9))):
        array = random.normal(size=sizes)
        factors = np.array(new) / np.array(sizes)
        cases.add(f"{name}.in", array.astype(np.float32))
        zoomed = ndimage.zoom(array, factors, order=1, mode="nearest", grid_mode=True)
        cases.add(f"{name}.linear", zoomed)


def normalize(array):
    """keras-vis' utils.normalize."""
    return (array - array.min()) / (array.max() - array.min() + EPSILON)


def saliency(cases, random):
    """From gradients with channels to strengths, channels first; of one to three axes."""
    for name, spatial in (("1d", (9,)), ("2d", (4, 5)), ("3d", (3, 4, 2))):
        gradient = random.normal(scale=1e-6, size=(1, 3, *spatial)).astype(np.float32)
        wide = gradient.astype(np.float64)
        cases.add(f"saliency.{name}.in", gradient)
        cases.add(f"saliency.{name}.largest", normalize(wide.max(axis=1))[0])
        cases.add(f"saliency.{name}.absolute", normalize(np.abs(wide).max(axis=1))[0])
        for reduction, reduced in (
            ("magnitudes", np.abs(wide).max(axis=1)),
            ("signed", wide.sum(axis=1)),
        ):
            full = np.percentile(np.abs(reduced), 80, method="inverted_cdf")
            cases.add(f"saliency.{name}.{reduction}", np.clip(reduced / full, -1, 1)[0])


def pictures(cases, random):
    """Bytes of mixed, stitched and gray pictures."""
    over, under = random.integers(0, 256, size=(2, 4, 3, 3))
    cases.add("overlay.over", over)
    cases.add("overlay.under", under)
    cases.add("overlay.mixed", np.rint(0.37 * over + 0.63 * under).astype(int))
    tiles = random.integers(0, 256, size=(7, 2, 3, 3))
    margin, columns = 2, 3
    cases.add("grid.in", tiles)
    rows = -(-len(tiles) // columns)
    grid = np.zeros((rows * 2 + (rows - 1) * margin, columns * 3 + (columns - 1) * margin, 3), int)
    for index, tile in enumerate(tiles):
        top, left = index // columns * (2 + margin), index % columns * (3 + margin)
        grid[top : top + 2, left : left + 3] = tile
    cases.add("grid.stitched", grid)
    volume = random.uniform(-0.2, 1.2, size=(2, 3, 4, 5)).astype(np.float32)
    cases.add("planes.in", volume)
    cases.add("planes.gray", np.rint(255 * np.clip(volume[1, 2], 0, 1)).astype(int))
    cases.add("planes.mean", np.rint(255 * np.clip(volume.mean(axis=0)[1], 0, 1)).astype(int))


def lines(cases):
    """The area of strokes with round ends, by 32 x 32 samples a pixel."""
    rows, columns, finer = 12, 16, 32
    y, x = (np.mgrid[: rows * finer, : columns * finer] + 0.5) / finer
    for name, (from_x, from_y, to_x, to_y, half) in {
        "sloping": (2.3, 3.1, 13.2, 8.4, 0.9),
        "steep": (7.5, -4.0, 9.0, 20.0, 1.5),
        "dot": (8.0, 6.5, 8.0, 6.5, 2.4),
    }.items():
        along_x, along_y = to_x - from_x, to_y - from_y
        squared = along_x**2 + along_y**2
        place = 0 if squared == 0 else ((x - from_x) * along_x + (y - from_y) * along_y) / squared
        place = np.clip(place, 0, 1)
        distance = np.hypot(x - from_x - place * along_x, y - from_y - place * along_y)
        inside = (distance <= half).reshape(rows, finer, columns, finer)
        cases.add(f"line.{name}.in", [from_x, from_y, to_x, to_y, half])
        cases.add(f"line.{name}", inside.mean(axis=(1, 3)))


def axes(cases):
    """Ticks: matplotlib's, without those outside. Evenly chosen indices."""
    for index, (least, most, intervals) in enumerate(
        (
            (-1, 1.06, 4),
            (0, 127, 6),
            (-3.2e-8, 7.7e-8, 5),
            (1e6, 7.3e6, 5),
            (0.1, 0.9, 3),
            (-20, -3, 7),
        )
    ):
        ticks = MaxNLocator(intervals, steps=[1, 2, 5, 10]).tick_values(least, most)
        cases.add(f"ticks.{index}.in", [least, most, intervals])
        cases.add(f"ticks.{index}", [tick for tick in ticks if least <= tick <= most])
    for count, most in ((100, 36), (37, 36), (5, 36), (64, 16), (10, 6), (3, 1)):
        chosen = np.floor(np.linspace(0, count - 1, min(count, most)) + 0.5).astype(int)
        cases.add(f"chosen.{count}.{most}", chosen)


def main(out: Path) -> None:
    cases = Cases()
    random = np.random.default_rng(SEED)
    resizing(cases, random)
    saliency(cases, random)
    pictures(cases, random)
    lines(cases)
    axes(cases)
    header = [
        f"# Made by benchmark/peers/pictures.py with NumPy {np.__version__}, SciPy"
        f" {scipy.__version__}, Pillow {PIL.__version__}."
    ]
    (out / "references.txt").write_text("\n".join(header + cases.lines) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    main(parser.parse_args().out)
