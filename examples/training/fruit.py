"""Draws pictures of fruit on a table and says what is in them.

Apples (red, some green, with a dent, a stem, mostly a leaf) among bananas, oranges, pears and
blueberries; number, size, place, tilt, light, shadow and background vary. Fruit may overlap a
little, but none is hidden. Shapes are drawn from signed distances at twice the resolution and then
averaged, so that edges are smooth.

Usage: python fruit.py FOLDER     writes the seed pictures of the examples as PNG files
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = 64  # pixels along each side
KINDS = ("apple", "banana", "orange", "pear", "blueberry")
MOST_APPLES = 8
MOST_OTHERS = 4
SUPERSAMPLING = 2
# Smallest and largest radius in pixels.
RADII = {
    "apple": (5.5, 9.0),
    "banana": (8.0, 12.0),
    "orange": (5.5, 8.5),
    "pear": (6.5, 9.5),
    "blueberry": (2.8, 4.2),
}
# Distance of two centres, at least, as a share of the sum of their radii.
CLEARANCE = 0.9


@dataclass(frozen=True)
class Fruit:
    """One fruit: its kind, and its centre and radius in pixels."""

    kind: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Picture:
    """`image` is uint8 RGB [SIZE, SIZE, 3]."""

    image: np.ndarray
    fruits: tuple

    def count(self, kind):
        return sum(fruit.kind == kind for fruit in self.fruits)

    def present(self):
        """For each of KINDS, whether there is one."""
        return np.array([self.count(kind) > 0 for kind in KINDS])


def many_apples(random):
    """Kinds of fruit for a picture: any number of apples, up to 8, among up to 4 other fruits."""
    kinds = ["apple"] * random.integers(0, MOST_APPLES + 1)
    return kinds + list(random.choice(KINDS[1:], random.integers(0, MOST_OTHERS + 1)))


def few_of_each(random):
    """Kinds of fruit for a picture: each kind is there or not, with up to 3 of it."""
    return [kind for kind in KINDS if random.random() < 0.5 for _ in range(random.integers(1, 4))]


def draw(random, kinds):
    """A picture of these fruits."""
    fruits = place(random, kinds)
    light = Light.draw(random)
    pixels = background(random)
    for fruit in fruits:
        frame = Frame(pixels, fruit, light, random)
        PAINTERS[fruit.kind](frame, random)
    size, factor = SIZE, SUPERSAMPLING
    pixels = pixels.reshape(size, factor, size, factor, 3).mean((1, 3))
    pixels = pixels * light.exposure + random.normal(0, random.uniform(0, 0.015), pixels.shape)
    return Picture((pixels.clip(0, 1) * 255).round().astype(np.uint8), tuple(fruits))


def draw_many(kinds, seed, count):
    """`count` pictures of the fruits that `kinds` chooses; the same for the same seed."""
    with ProcessPoolExecutor() as processes:
        return list(
            processes.map(draw_one, repeat(kinds), repeat(seed), range(count), chunksize=100)
        )


def draw_one(kinds, seed, number):
    random = np.random.default_rng((seed, number))
    return draw(random, kinds(random))


def place(random, kinds):
    """Finds a place for each fruit, the larger ones first; they shrink where it gets crowded."""
    wanted = [(kind, random.uniform(*RADII[kind])) for kind in kinds]
    scale = 1.0
    while True:
        fruits = []
        for kind, radius in sorted(wanted, key=lambda fruit: -fruit[1]):
            radius = max(radius * scale, RADII[kind][0])
            for _ in range(60):
                x, y = random.uniform(radius + 1, SIZE - radius - 1, 2)
                if all(
                    np.hypot(x - other.x, y - other.y) > CLEARANCE * (radius + other.radius)
                    for other in fruits
                ):
                    fruits.append(Fruit(str(kind), x, y, radius))
                    break
            else:
                break
        if len(fruits) == len(wanted):
            order = random.permutation(len(fruits))
            return [fruits[i] for i in order]
        scale *= 0.95


@dataclass(frozen=True)
class Light:
    """Where the light comes from, `(x, y)` with y downwards, and how much there is."""

    x: float
    y: float
    ambient: float
    exposure: np.ndarray

    @staticmethod
    def draw(random):
        angle = np.radians(random.uniform(-150, -30))
        tint = 1 + random.uniform(-0.06, 0.06, 3)
        return Light(
            np.cos(angle), np.sin(angle), random.uniform(0.45, 0.7), random.uniform(0.7, 1.1) * tint
        )


def background(random):
    """A table: two close colours, a gradient, and sometimes stripes, checks or blotches."""
    size = SIZE * SUPERSAMPLING
    y, x = np.mgrid[0:size, 0:size] / size
    base = random.uniform(0.25, 0.95) + random.uniform(-0.16, 0.16, 3)
    other = base + random.uniform(-0.2, 0.2) + random.uniform(-0.06, 0.06, 3)
    angle = random.uniform(0, 2 * np.pi)
    along = np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5)
    share = 0.5 + random.uniform(0, 0.7) * along
    pattern = random.integers(4)
    if pattern == 1:
        share = share + 0.15 * np.sin(random.uniform(20, 90) * along + random.uniform(0, 6))
    elif pattern == 2:
        waves = random.uniform(15, 60)
        share = share + 0.12 * np.sign(np.sin(waves * x) * np.sin(waves * y))
    elif pattern == 3:
        for _ in range(6):
            a, b = random.uniform(-25, 25, 2)
            share = share + 0.06 * np.sin(a * x + b * y + random.uniform(0, 6))
    return (base + (other - base) * share.clip(0, 1)[..., None]).clip(0.02, 1)


class Frame:
    """The surroundings of one fruit, in coordinates where its radius is 1 and y points down."""

    def __init__(self, pixels, fruit, light, random):
        scale = SUPERSAMPLING
        reach = 1.7 * fruit.radius
        left, right = (
            int(np.clip((fruit.x + side * reach) * scale, 0, len(pixels))) for side in (-1, 1)
        )
        top, bottom = (
            int(np.clip((fruit.y + side * reach) * scale, 0, len(pixels))) for side in (-1, 1)
        )
        self.pixels = pixels[top:bottom, left:right]
        y, x = np.mgrid[top:bottom, left:right] + 0.5
        self.x = (x / scale - fruit.x) / fruit.radius
        self.y = (y / scale - fruit.y) / fruit.radius
        self.pixel = 1 / (scale * fruit.radius)
        self.light = light
        self.random = random

    def rotated(self, angle):
        """Coordinates of a fruit that is tilted by this angle in radians."""
        cos, sin = np.cos(angle), np.sin(angle)
        return cos * self.x + sin * self.y, cos * self.y - sin * self.x

    def blend(self, opacity, colour):
        opacity = opacity[..., None]
        self.pixels += opacity * (np.asarray(colour) - self.pixels)

    def fill(self, distance, colour):
        """Paints where the signed distance is negative."""
        self.blend((0.5 - distance / self.pixel).clip(0, 1), colour)

    def shadow(self, width=1.0):
        """A soft shadow on the side away from the light."""
        x, y = self.x + 0.25 * self.light.x, self.y + 0.25 * self.light.y
        self.blend(0.45 * (1.6 - 1.3 * np.hypot(x, y) / width).clip(0, 1), (0, 0, 0))

    def shaded(self, colour, steepness=0.85):
        """The colour on a ball under the light, [h, w, 3]."""
        height = np.sqrt((1 - steepness * (self.x**2 + self.y**2)).clip(0.02, 1))
        slope = self.x * self.light.x + self.y * self.light.y
        diffuse = (0.6 * slope + 0.75 * height).clip(0, 1.2)
        shade = self.light.ambient + (1 - self.light.ambient) * diffuse
        return np.asarray(colour) * shade[..., None]

    def highlight(self, size, strength, distance=0.42):
        """The reflected light."""
        x, y = self.x - distance * self.light.x, self.y - distance * self.light.y
        self.blend(strength * np.exp(-(x**2 + y**2) / size**2), (1, 1, 1))


def varied(random, colour, amount=0.06):
    return (np.asarray(colour) + random.uniform(-amount, amount, 3)).clip(0, 1)


def apple(frame, random):
    x, y = frame.rotated(random.normal(0, 0.25))
    frame.shadow()
    green = random.random() < 0.2
    colour = varied(random, (0.55, 0.75, 0.15) if green else (0.85, 0.1, 0.1))
    angle = np.arctan2(x, -y)  # 0 at the stem
    radius = 0.97 - 0.22 * np.exp(-((angle / 0.35) ** 2)) - 0.06 * (1 - np.cos(angle)) / 2
    frame.fill((np.hypot(x, y) - radius) * 0.9, frame.shaded(colour))
    cavity = np.exp(-((x / 0.3) ** 2 + ((y + 0.72) / 0.16) ** 2))
    frame.blend(0.6 * cavity * (np.hypot(x, y) < radius), colour * 0.35)
    frame.highlight(0.2, random.uniform(0.5, 0.9))
    stem = np.hypot(x - 0.18 * (y + 0.7), np.maximum(abs(y + 0.98) - 0.3, 0)) - 0.09
    frame.fill(stem, (0.3, 0.18, 0.08))
    if random.random() < 0.8:
        a, b = x - 0.42, y + 1.05
        a, b = 0.9 * a - 0.4 * b, 0.9 * b + 0.4 * a
        frame.fill(np.hypot(a / 0.4, b / 0.19) * 0.3 - 0.3, varied(random, (0.2, 0.55, 0.15)))


def banana(frame, random):
    x, y = frame.rotated(random.uniform(0, 2 * np.pi))
    colour = varied(random, (0.95, 0.82, 0.2))
    y = y + 0.65  # the crescent is part of a ring around (0, 0)
    angle = np.arctan2(x, y)
    reach = 0.95
    thickness = 0.27 * np.sqrt((1 - (angle / reach) ** 2).clip(0, 1)) ** 0.8
    ring = np.hypot(x, y) - 0.98
    distance = np.where(abs(angle) < reach, abs(ring) - thickness, 1)
    frame.blend(0.35 * (1 - distance / 0.3).clip(0, 1) * (distance > 0), (0, 0, 0))
    shade = 1 - 0.35 * (ring / 0.27).clip(-0.3, 1)
    frame.fill(distance * 0.9, colour * shade[..., None])
    tips = (abs(angle) > 0.82 * reach) & (distance < 0)
    frame.blend(0.8 * tips, (0.35, 0.25, 0.1))


def orange(frame, random):
    frame.shadow()
    colour = varied(random, (1.0, 0.55, 0.05), 0.05)
    frame.fill(np.hypot(frame.x, frame.y) - 0.97, frame.shaded(colour))
    a, b = random.uniform(11, 14, 2)
    dimples = np.sin(a * frame.x + b * frame.y) * np.sin(b * frame.x - a * frame.y)
    inside = np.hypot(frame.x, frame.y) < 0.9
    frame.blend(0.3 * inside * (dimples > 0.35), colour * 0.6)
    x, y = random.uniform(-0.35, 0.35, 2)
    frame.fill(np.hypot(frame.x - x, frame.y - y) - 0.14, (0.3, 0.4, 0.1))


def pear(frame, random):
    x, y = frame.rotated(random.normal(0, 0.35))
    frame.shadow(0.9)
    colour = varied(random, (0.78, 0.8, 0.25))
    body = np.hypot(x, y - 0.33) - 0.63
    neck = np.hypot(x / 0.9, y + 0.42) - 0.36
    blend = (0.5 + 0.5 * (neck - body) / 0.5).clip(0, 1)  # smooth union (Quilez, "smooth minimum")
    distance = neck + (body - neck) * blend - 0.5 * blend * (1 - blend) / 2
    frame.fill(distance, frame.shaded(colour, 0.75))
    frame.highlight(0.18, 0.5, 0.3)
    frame.fill(np.hypot(x - 0.1 * y, np.maximum(abs(y + 0.95) - 0.2, 0)) - 0.07, (0.35, 0.22, 0.1))


def blueberry(frame, random):
    frame.shadow()
    colour = varied(random, (0.22, 0.25, 0.6))
    frame.fill(np.hypot(frame.x, frame.y) - 0.97, frame.shaded(colour))
    x, y = random.uniform(-0.3, 0.3, 2)
    crown = np.hypot(frame.x - x, frame.y - y)
    frame.fill(abs(crown - 0.32) - 0.1, colour * 0.45)
    frame.highlight(0.3, 0.4)


PAINTERS = {
    "apple": apple,
    "banana": banana,
    "orange": orange,
    "pear": pear,
    "blueberry": blueberry,
}

# The seed pictures of the examples: seed of the random numbers, kinds of fruit.
PICTURES = {
    "apples-1": (27, ["apple", "pear"]),
    "apples-3": (24, ["apple"] * 3 + ["banana"]),
    "apples-5": (4, ["apple"] * 5 + ["orange"]),
    "fruit-bowl": (
        18, ["apple"] * 2 + ["banana"] + ["orange"] * 2 + ["pear"] + ["blueberry"] * 3,
    ),
}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder for the seed pictures of the examples")
    folder = parser.parse_args().folder
    for name, (seed, kinds) in PICTURES.items():
        picture = draw(np.random.default_rng(seed), kinds)
        Image.fromarray(picture.image).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
