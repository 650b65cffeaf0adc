"""Runs one long optimization and several short ones: time and memory over steps, time over pictures.

    python soak.py OUT_DIR --phosphene LAUNCHER

Reads the number of steps taken from the run's log, and resident memory and processor time from the
system, at each tenth of the way; then times 1, 2, 4 and 8 pictures. What is measured stands in
OUT_DIR/soak.json, and is not measured again unless --again is given.
"""

import argparse
import json
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


def measure(launcher, model, steps, threads, again, directory):
    """Measures, unless that was done already, and writes what was measured."""
    path = record(directory)
    if path.exists() and not again:
        return
    options = ["--threads", str(threads)]
    with tempfile.TemporaryDirectory() as folder:
        courses = []
        for course in soak(launcher, model, steps, folder, options):
            print("{} steps: {:.1f} s of processors, {:.0f} MB".format(*course), flush=True)
            courses.append(course)
        seconds = {}
        for pictures in (1, 2, 4, 8):
            run = phosphene.run(
                launcher, "activate", model, "--filter", f"0-{pictures - 1}",
                "--quiet", "-o", Path(folder, "sheet.png"), *options)
            print(f"{pictures} pictures: {run.seconds:.1f} s", flush=True)
            seconds[pictures] = run.seconds
    path.write_text(json.dumps({"steps": courses, "pictures": seconds}, indent=1))


def record(directory):
    """Returns the file that holds what was measured."""
    return directory / "soak.json"


def markdown(directory):
    """Returns the two tables, or None where nothing was measured."""
    path = record(directory)
    if not path.exists():
        return None
    result = json.loads(path.read_text())
    return "\n".join([
        "| steps | seconds of processors | resident MB |", "| --- | --- | --- |",
        *(f"| {steps} | {seconds:.1f} | {megabytes:.0f} |"
          for steps, seconds, megabytes in result["steps"]),
        "", "| pictures | seconds |", "| --- | --- |",
        *(f"| {pictures} | {seconds:.1f} |" for pictures, seconds in result["pictures"].items())])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, metavar="OUT_DIR")
    parser.add_argument("--model", default="demo")
    parser.add_argument("--phosphene", type=Path, required=True, metavar="LAUNCHER")
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--again", action="store_true", help="also what is measured already")
    arguments = parser.parse_args()
    measure(arguments.phosphene.resolve(), arguments.model, arguments.steps, arguments.threads,
            arguments.again, arguments.directory)
    print(markdown(arguments.directory))


if __name__ == "__main__":
    main()
