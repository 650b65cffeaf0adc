"""Activation maximization of one unit in TensorFlow, by keras-vis' method and its defaults.

    python kerasvis_tensorflow.py MODEL.keras FILE.png --filter 20

Written from its documentation: the last activation made linear; minus the unit's mean, ten times
the L-6 norm and ten times the total variation, both by the size of the image; the gradient divided
by its L2 norm; RMSProp with rate 1 and decay 0.95 on the image itself, which is rolled at random by
up to 5 % of its sides before each step; the image after the step of lowest loss is kept. Its loop
is in Python and NumPy, as keras-vis has it, around one function of TensorFlow, compiled by
`tf.function` unless --eager is given. Run as a program it makes a picture, to be timed as a whole.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

EPSILON = keras.backend.epsilon()
JITTER = 0.05


def lp_norm(image, p=6.0):
    return tf.reduce_sum(tf.abs(image) ** p) ** (1 / p) / image.shape.num_elements()


def total_variation(image, beta=2.0):
    part = image[:, :-1, :-1]
    squares = (image[:, 1:, :-1] - part) ** 2 + (image[:, :-1, 1:] - part) ** 2
    return tf.reduce_sum(squares ** (beta / 2)) / image.shape.num_elements()


def losses_and_gradient(model, unit):
    """Returns a function from an image `[1, H, W, C]` to its losses, their sum, and its gradient."""

    def compute(image):
        with tf.GradientTape() as tape:
            tape.watch(image)
            losses = [-tf.reduce_mean(model(image, training=False)[..., unit]),
                      10 * lp_norm(image), 10 * total_variation(image)]
            overall = tf.add_n(losses)
        gradient = tape.gradient(overall, image)
        return losses, overall, tf.math.l2_normalize(gradient)

    return compute


def start(shape, low, high, random):
    """Uniform noise around the middle of the range, with a deviation of a twentieth of it."""
    drawn = random.random((1, *shape[1:]))
    scaled = (drawn - drawn.mean()) / (drawn.std() + EPSILON) * 0.05 * (high - low)
    return (scaled + (low + high) / 2).astype(np.float32)


def jittered(image, random):
    most = [int(JITTER * size) for size in image.shape[1:3]]
    return np.roll(image, [random.integers(-m, m + 1) for m in most], axis=(1, 2))


def minimize(compute, image, steps, random):
    """Returns the image after the step of lowest loss."""
    cache = np.zeros_like(image)
    best, lowest = image, np.inf
    for _ in range(steps):
        image = jittered(image, random)
        _, overall, gradient = compute(tf.convert_to_tensor(image))
        gradient = gradient.numpy()
        cache = 0.95 * cache + 0.05 * gradient**2
        image = image - gradient / np.sqrt(cache + EPSILON)
        if float(overall) < lowest:
            best, lowest = image.copy(), float(overall)
    return best


def shown(image):
    """As keras-vis shows an input: standardized, with a deviation of a tenth."""
    scaled = (image - image.mean()) / (image.std() + EPSILON) * 0.1 + 0.5
    return (scaled.clip(0, 1) * 255).astype(np.uint8)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", metavar="MODEL.keras")
    parser.add_argument("output", type=Path, metavar="FILE.png")
    parser.add_argument("--filter", type=int, required=True)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--range", type=float, nargs=2, default=(-1, 1), metavar=("LOW", "HIGH"))
    parser.add_argument("--eager", action="store_true", help="without tf.function")
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(2)
    model = keras.models.load_model(arguments.model, compile=False)
    model.layers[-1].activation = keras.activations.linear
    compute = losses_and_gradient(model, arguments.filter)
    random = np.random.default_rng(0)
    image = minimize(compute if arguments.eager else tf.function(compute),
                     start(model.input_shape, *arguments.range, random), arguments.steps, random)
    arguments.output.write_bytes(tf.io.encode_png(shown(image)[0]).numpy())


if __name__ == "__main__":
    main()
