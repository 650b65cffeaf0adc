"""Runs one long optimization and several short ones: time and memory over steps, time over pictures.

    python soak.py MODEL --phosphene LAUNCHER

Reads the number of steps taken from the run's log, and resident memory and processor time from the
system, at each tenth of the way. Prints a table of both, and the time of 1, 2, 4 and 8 pictures.
"""

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

import phosphene

TICKS = os.sysconf("SC_CLK_TCK")


def resident(pid):
    """Megabytes in memory now."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def processor(pid):
    """Seconds on processors so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def lines(path, known, position):
    """Counts lines on from where a growing file was last read."""
    if path.exists():
        with path.open("rb") as file:
            file.seek(position)
            data = file.read()
        known += data.count(b"\n")
        position += len(data)
    return known, position


def soak(launcher, model, steps, folder, options):
    """Yields (steps, seconds on processors, megabytes) at each tenth."""
    log = Path(folder, "log.jsonl")
    process = subprocess.Popen(
        [str(launcher), "activate", str(model), "--filter", "0", "--iterations", str(steps),
         "--log", str(log), "--quiet", "-o", str(Path(folder, "picture.png")), *options],
        stdin=subprocess.DEVNULL)
    taken, position = 0, 0
    for tenth in range(1, 11):
        while taken < tenth * steps // 10 and process.poll() is None:
            time.sleep(0.05)
            taken, position = lines(log, taken, position)
        if process.poll() is not None:
            break
        yield taken, processor(process.pid), resident(process.pid)
    if process.wait() != 0:
        raise SystemExit(f"the run ended with status {process.returncode}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--phosphene", type=Path, required=True, metavar="LAUNCHER")
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    launcher = arguments.phosphene.resolve()
    options = ["--threads", str(arguments.threads)]
    with tempfile.TemporaryDirectory() as folder:
        print("| steps | seconds of processors | resident MB |\n| --- | --- | --- |")
        for taken, seconds, megabytes in soak(
                launcher, arguments.model, arguments.steps, folder, options):
            print(f"| {taken} | {seconds:.1f} | {megabytes:.0f} |", flush=True)
        print("\n| pictures | seconds |\n| --- | --- |")
        for pictures in (1, 2, 4, 8):
            run = phosphene.run(
                launcher, "activate", arguments.model, "--filter", f"0-{pictures - 1}",
                "--quiet", "-o", Path(folder, "sheet.png"), *options)
            print(f"| {pictures} | {run.seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()
