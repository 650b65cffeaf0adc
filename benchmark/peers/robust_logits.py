"""Class logits of pictures under random changes: how well a picture shows its class to a network.

    python robust_logits.py MODEL.onnx CLASS=PICTURE.png ...

Each picture, of the size of the model's input, is turned by up to 10 degrees, enlarged by 0.85 to
1.15, shifted by up to 12 pixels along each axis (what is missing is its mirror image) and saved as
JPEG of quality 60 to 95, at random, the same for each picture. Prints the mean logit of its class,
and that of the picture as it is. The model takes RGB `[N, H, W, 3]` in [-1, 1], or with
`--unit-range` in [0, 1], and ends in a softmax, whose input is the logits.
"""

import argparse
import io

import numpy as np
import onnx
import onnxruntime
from PIL import Image

DEGREES, SCALES, SHIFT, QUALITIES = 10, (0.85, 1.15), 12, (60, 95)

CHANGES = 24
"""How many random changes of each picture."""

BORDER = 64
"""Pixels of mirror image around a picture: more than any change reaches at 224 pixels."""


def changed(picture, generator):
    """One random change."""
    angle = np.deg2rad(generator.uniform(-DEGREES, DEGREES))
    scale = generator.uniform(*SCALES)
    right, down = generator.uniform(-SHIFT, SHIFT, 2)
    quality = int(generator.integers(QUALITIES[0], QUALITIES[1] + 1))
    side = picture.size[0]
    cos, sin = np.cos(angle) / scale, np.sin(angle) / scale
    middle, source = side / 2, side / 2 + BORDER
    bordered = np.pad(np.asarray(picture), ((BORDER, BORDER), (BORDER, BORDER), (0, 0)),
                      "symmetric")
    rows = (cos, -sin, source - cos * middle + sin * middle + right,
            sin, cos, source - sin * middle - cos * middle + down)
    moved = Image.fromarray(bordered).transform((side, side), Image.AFFINE, rows, Image.BILINEAR)
    file = io.BytesIO()
    moved.save(file, "JPEG", quality=quality)
    return Image.open(file)


def logits(path):
    """Gives the logits of an array of pictures."""
    model = onnx.load(path)
    softmax = [node for node in model.graph.node if node.op_type == "Softmax"][-1]
    model.graph.output.append(
        onnx.helper.make_tensor_value_info(softmax.input[0], onnx.TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    name = session.get_inputs()[0].name
    return lambda pictures: session.run(None, {name: pictures})[-1]


def score(evaluate, path, unit, changes, scale=lambda picture: 2 * picture - 1):
    """Returns the mean logit of a class under random changes, and that of the picture as it is."""
    picture = Image.open(path).convert("RGB")
    generator = np.random.default_rng(0)

    def scaled(image):
        return scale(np.asarray(image.convert("RGB"), np.float32) / 255)

    batch = np.stack([scaled(changed(picture, generator)) for _ in range(changes)])
    return evaluate(batch)[:, unit].mean(), evaluate(scaled(picture)[None])[0, unit]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("pictures", nargs="+", metavar="CLASS=PICTURE")
    parser.add_argument("--unit-range", action="store_true")
    parser.add_argument("--changes", type=int, default=CHANGES)
    arguments = parser.parse_args()
    evaluate = logits(arguments.model)
    scale = {"scale": lambda picture: picture} if arguments.unit_range else {}
    rows = []
    for each in arguments.pictures:
        number, _, path = each.partition("=")
        robust, plain = score(evaluate, path, int(number), arguments.changes, **scale)
        rows.append((robust, plain))
        print(f"{number}: {robust:.1f} changed, {plain:.1f} as it is")
    robust, plain = np.mean(rows, axis=0)
    print(f"mean: {robust:.1f} changed, {plain:.1f} as they are")


if __name__ == "__main__":
    main()
