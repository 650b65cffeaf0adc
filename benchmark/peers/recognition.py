"""Pictures of fifty classes by Phosphene's `natural` and by Lucent's method: logits, time, noise.

    python recognition.py DIR OUT_DIR --phosphene LAUNCHER

The same trained MobileNet, the same number of steps. Ours is one command for all classes, timed as a
whole, start-up included, and divided by their number; Lucent's method makes one after the other in
a running process. Writes the pictures, `recognition.json` and a sheet to look at (ours above
Lucent's) into OUT_DIR; a second run goes on where the first was stopped.

Prints for each and on average: the mean logit of the class under the random changes of
robust_logits.py, and that of the picture as it is; seconds of wall clock and of processors; and the
noise: which part of the variance of the luminance lies above half the highest frequency.
"""

import argparse
import json
import resource
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torchvision.utils import save_image

import lucent
import phosphene
import robust_logits
from mobilenet import MobileNet

SIZE = 224

METHODS = ("phosphene", "lucent")


def noise(path):
    """The part of the variance of a picture's luminance above a quarter cycle per pixel."""
    luminance = np.asarray(Image.open(path).convert("L"), np.float64)
    power = np.abs(np.fft.fft2(luminance - luminance.mean())) ** 2
    rows, columns = np.fft.fftfreq(SIZE)[:, None], np.fft.fftfreq(SIZE)[None]
    return power[np.hypot(rows, columns) > 0.25].sum() / power.sum()


def processor_time():
    """Of this process and of those that it waited for."""
    return sum(getattr(resource.getrusage(who), field)
               for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
               for field in ("ru_utime", "ru_stime"))


def timed(work):
    wall, processor = time.perf_counter(), processor_time()
    work()
    return {"seconds": time.perf_counter() - wall, "processor": processor_time() - processor}


def sheet(directory, units, path):
    """Pairs of pictures, ours above Lucent's."""
    across = min(10, len(units))
    whole = Image.new("RGB", (across * SIZE, len(units) // across * 2 * SIZE))
    for i, unit in enumerate(units):
        for down, method in enumerate(METHODS):
            whole.paste(Image.open(directory / f"{unit}-{method}.png").convert("RGB"),
                        (i % across * SIZE, (i // across * 2 + down) * SIZE))
    whole.save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", type=Path, metavar="DIR")
    parser.add_argument("output", type=Path, metavar="OUT_DIR")
    parser.add_argument("--phosphene", type=Path, required=True, metavar="LAUNCHER")
    parser.add_argument("--steps", type=int, default=256)
    parser.add_argument("--classes", type=int, default=50)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.output.mkdir(parents=True, exist_ok=True)
    stem = arguments.models / "mobilenet_v1_025_224"
    network = MobileNet(stem.with_suffix(".h5"))
    evaluate = robust_logits.logits(stem.with_suffix(".onnx"))
    probe = torch.rand(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    theirs = evaluate((2 * probe - 1).permute(0, 2, 3, 1).numpy())
    if np.abs(network(probe).numpy() - theirs).max() > 1e-3:
        raise SystemExit("The module and the ONNX file are not the same network")

    units = range(0, 1000, 1000 // arguments.classes)
    file = arguments.output / "recognition.json"
    rows = json.loads(file.read_text()) if file.exists() else {}

    def path(unit, method):
        return arguments.output / f"{unit}-{method}.png"

    def add(unit, method, time):
        robust, plain = robust_logits.score(
            evaluate, path(unit, method), unit, robust_logits.CHANGES)
        rows[f"{unit}-{method}"] = {**time, "robust": float(robust), "plain": float(plain),
                                    "noise": float(noise(path(unit, method)))}
        file.write_text(json.dumps(rows, indent=1))

    def ours():
        phosphene.run(
            arguments.phosphene.resolve(), "activate", stem.with_suffix(".onnx"), "--filter",
            ",".join(map(str, units)), "--iterations", arguments.steps, "--quiet", "--threads",
            arguments.threads, "-o", arguments.output / "ours.png", "--raw",
            arguments.output / "ours.npy")

    if any(f"{unit}-phosphene" not in rows for unit in units):
        whole = timed(ours)
        each = {what: seconds / len(units) for what, seconds in whole.items()}
        for unit, picture in zip(units, np.load(arguments.output / "ours.npy")):
            # The model takes [-1, 1].
            pixels = np.clip(np.rint((picture + 1) * 127.5), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(path(unit, "phosphene"))
            add(unit, "phosphene", each)
    for unit in units:
        if f"{unit}-lucent" not in rows:
            add(unit, "lucent", timed(lambda: save_image(
                lucent.maximize(network, unit, SIZE, arguments.steps, normalized=False),
                path(unit, "lucent"))))
        print(unit, *(f"{rows[f'{unit}-{method}']['robust']:.1f}" for method in METHODS),
              flush=True)
    means = {method: {fact: np.mean([rows[f"{unit}-{method}"][fact] for unit in units])
                      for fact in rows["0-phosphene"]} for method in METHODS}
    for method, facts in means.items():
        print(f"{method:10} " + ", ".join(f"{fact} {value:.3g}" for fact, value in facts.items()))
    better = sum(rows[f"{unit}-phosphene"]["robust"] > rows[f"{unit}-lucent"]["robust"]
                 for unit in units)
    print(f"higher robust logit in {better} of {len(units)} classes")
    sheet(arguments.output, units, arguments.output / "sheet.png")


if __name__ == "__main__":
    main()
