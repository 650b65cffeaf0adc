"""Runs the `phosphene` command as a person would, and measures time and memory of its process."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


class Failure(Exception):
    """The command ended with a status other than 0; the message is its last line."""


@dataclass(frozen=True)
class Run:
    """Standard output of a command, its wall-clock seconds, its peak resident size in megabytes."""

    output: str
    seconds: float
    megabytes: float


def run(launcher, *arguments):
    """Runs the launcher and returns what it took, or raises `Failure`.

    A small process measures: what the one that starts a command holds counts as the command's.
    """
    with (tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors,
          tempfile.NamedTemporaryFile() as report):
        subprocess.run(
            [sys.executable, "-S", __file__, report.name, str(launcher), *map(str, arguments)],
            check=True, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        status, seconds, megabytes = json.loads(Path(report.name).read_text())
        if status != 0:
            lines = _text(errors).strip().splitlines()
            raise Failure(f"status {status}: {lines[-1] if lines else 'no message'}")
        return Run(_text(output), seconds, megabytes)


def _text(file):
    file.seek(0)
    return file.read().decode(errors="replace")


def measure(report, *command):
    """Runs a command and writes its status, seconds and peak resident megabytes."""
    start = time.perf_counter()
    process = subprocess.Popen(command)
    # wait4 counts the largest process of the launcher's tree, so also the JVM below a shell.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    measured = [process.returncode, time.perf_counter() - start, usage.ru_maxrss / 1024]
    Path(report).write_text(json.dumps(measured))


if __name__ == "__main__":
    measure(*sys.argv[1:])
