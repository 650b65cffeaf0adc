"""Runs the `phosphene` command as a person would, and measures time and memory of its process."""

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass


class Failure(Exception):
    """The command ended with a status other than 0; the message is its last line."""


@dataclass(frozen=True)
class Run:
    """Standard output of a command, its wall-clock seconds, its peak resident size in megabytes."""

    output: str
    seconds: float
    megabytes: float


def run(launcher, *arguments):
    """Runs the launcher and returns what it took, or raises `Failure`."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(launcher), *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        # wait4 counts the largest process of the launcher's tree, so also the JVM below a shell.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        if process.returncode != 0:
            lines = _text(errors).strip().splitlines()
            raise Failure(f"status {process.returncode}: {lines[-1] if lines else 'no message'}")
        return Run(_text(output), seconds, usage.ru_maxrss / 1024)


def _text(file):
    file.seek(0)
    return file.read().decode(errors="replace")
